import ArgumentParser
import KataClient

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Lets a pipeline begin no more jobs, until it is resumed.",
        discussion: "Jobs in hand are finished, and new ones are still taken. A restart does not end a pause."
    )

    @OptionGroup var options: PipelineOptions

    func run() async throws {
        try await options.run { try await $0.pause(pipeline: $1) }
    }
}
