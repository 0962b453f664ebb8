import ArgumentParser
import Glibc
import Kata
import KataClient
import KataCommand

@main
struct KataCtl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kata-ctl",
        abstract: "Shows and steers a running katad, and reads its database.",
        version: buildVersion,
        groupedSubcommands: [
            CommandGroup(
                name: "Jobs",
                subcommands: [
                    SubmitCommand.self, ExecCommand.self, WaitCommand.self, JobsCommand.self, LogsCommand.self,
                    FailuresCommand.self, ExplainCommand.self, EditCommand.self, RetryCommand.self, CancelCommand.self,
                ]),
            CommandGroup(
                name: "Pipelines",
                subcommands: [
                    InitCommand.self, StatusCommand.self, UICommand.self, RunCommand.self, AbandonCommand.self,
                    PauseCommand.self,
                    ResumeCommand.self,
                    ScaleCommand.self,
                    DrainCommand.self,
                ]),
            CommandGroup(name: "Schedules", subcommands: [SchedulesCommand.self, ImportCommand.self]),
            CommandGroup(name: "Plugins", subcommands: [PluginsCommand.self]),
            CommandGroup(
                name: "Database",
                subcommands: [
                    BackupCommand.self, RestoreCommand.self, MigrateCommand.self, CheckCommand.self, PruneCommand.self,
                ]),
            CommandGroup(
                name: "Results and predictions",
                subcommands: [ExportCommand.self, RunChartCommand.self, EstimateCommand.self]),
        ]
    )

    static func main() async {
        checkArguments()
        checkCommand()
        do {
            try StartReserve.client.check()
            var command = try await asyncParseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch  where exitCode(for: error) == .validationFailure {
            refuse(usageLine(of: fullMessage(for: error)))
        } catch  where exitCode(for: error) == .success || error is CleanExit || error is ExitCode {
            exit(withError: error)
        } catch let faults as ConfigurationFaults {
            for fault in faults.faults { printError("kata-ctl: \(fault)") }
            Glibc.exit(SystemExit.configuration.rawValue)
        } catch {
            printError("kata-ctl: \(error)")
            Glibc.exit(SystemExit(ofClient: error).rawValue)
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

    /// Refuses a command that there is not, and names the one that was probably meant; the parser of the command line
    /// only says that there is an argument too many.
    private static func checkCommand() {
        var commands = configuration.subcommands
        var path = "kata-ctl"
        for word in CommandLine.arguments.dropFirst() where !commands.isEmpty {
            let names = commands.compactMap { $0.configuration.commandName }
            if word.hasPrefix("-") || word == "help" { return }
            guard let index = names.firstIndex(of: word) else {
                let suggestion = nearest(to: word, in: names).map { "did you mean '\($0)'?" }
                refuse(
                    "Error: there is no command '\(path) \(word)'; "
                        + (suggestion ?? "'\(path) --help' lists what there is"))
            }
            commands = commands[index].configuration.subcommands
            path += " \(word)"
        }
    }

    private static func refuse(_ message: String) -> Never {
        printError(message)
        Glibc.exit(SystemExit.usage.rawValue)
    }
}
