import ArgumentParser
import Glibc
import KataClient
import KataCommand

@main
struct KataCtl: AsyncParsableCommand {
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
            CommandGroup(name: "Plugins", subcommands: [PluginsCommand.self]),
            CommandGroup(name: "Database", subcommands: [BackupCommand.self, RestoreCommand.self, PruneCommand.self]),
            CommandGroup(name: "Results and predictions", subcommands: [ExportCommand.self, EstimateCommand.self]),
        ]
    )

    static func main() async {
        openStandardDescriptors()
        checkArguments()
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

    /// Refuses arguments that are not valid UTF-8. Swift would put replacement characters there, and the command would
    /// do something else than was asked.
    private static func checkArguments() {
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            if String(validatingCString: argument) == nil {
                printError("kata-ctl: argument \(index) is not valid UTF-8")
                Glibc.exit(SystemExit.usage.rawValue)
            }
        }
    }

    /// Whether the command-line parser has its own way to show the error.
    private static func isUsageError(_ error: any Error) -> Bool {
        error is ExitCode || exitCode(for: error) == .validationFailure
    }
}
