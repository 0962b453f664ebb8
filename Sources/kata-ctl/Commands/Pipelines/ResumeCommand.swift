import ArgumentParser
import KataClient

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Ends the pause of a pipeline."
    )

    @OptionGroup var options: PipelineOptions

    func run() async throws {
        try await options.run { try await $0.resume(pipeline: $1) }
    }
}
