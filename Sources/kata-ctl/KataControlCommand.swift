import ArgumentParser
import Glibc
import KataCommand
import KataControlClient

@main
struct KataControlCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kata-ctl",
        abstract: "Shows and steers a running katad, and reads its database.",
        version: version,
        groupedSubcommands: [
            CommandGroup(
                name: "Jobs",
                subcommands: [
                    SubmitCommand.self, JobsCommand.self, ExplainCommand.self, RetryCommand.self, CancelCommand.self,
                ]),
            CommandGroup(
                name: "Pipelines",
                subcommands: [
                    StatusCommand.self, RunCommand.self, PauseCommand.self, ResumeCommand.self, ScaleCommand.self,
                    DrainCommand.self,
                ]),
            CommandGroup(name: "Database", subcommands: [BackupCommand.self, PruneCommand.self]),
            CommandGroup(name: "Results and predictions", subcommands: [ExportCommand.self, EstimateCommand.self]),
        ]
    )

    static func main() async {
        openStandardDescriptors()
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch  where exitCode(for: error) == .success || error is CleanExit || isUsageError(error) {
            exit(withError: error)
        } catch {
            printError("kata-ctl: \(error)")
            let exit = (error as? ControlClientError).map(SystemExit.init(for:)) ?? SystemExit(for: error)
            Glibc.exit(exit.rawValue)
        }
    }

    private static func isUsageError(_ error: any Error) -> Bool {
        error is ExitCode || exitCode(for: error) == .validationFailure
    }
}
