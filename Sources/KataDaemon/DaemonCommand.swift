import ArgumentParser
import Foundation
import Kata
import KataCommand
import KataConfig
import KataPlugins
import KataServer
import Logging

/// The command line of the daemon.
struct DaemonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Runs pipelines of jobs: producers, bounded queues and consumers over one database.",
        discussion: """
            Runs in the foreground and logs to standard error. SIGTERM or SIGINT drains and exits 0, a second one \
            stops at once, SIGHUP reloads the configuration.
            """,
        version: buildVersion
    )

    @Option(help: ArgumentHelp("The configuration. Default: $KATA_CONFIG, or /etc/kata/kata.yaml.", valueName: "file"))
    var config: String?

    @Flag(
        help: """
            Run as your own daemon: with $XDG_CONFIG_HOME/kata/kata.yaml, or without a configuration one pipeline for \
            'kata-ctl exec'; the database is in $XDG_STATE_HOME/kata, the socket in $XDG_RUNTIME_DIR/kata.
            """)
    var user = false

    @Flag(help: "Exit when every finite pipeline has finished, and print a summary.")
    var once = false

    @Option(
        help: ArgumentHelp(
            "With --once: how long you think it takes, such as 10s; the summary compares it with theory and measurement.",
            valueName: "duration"))
    var guess: String?

    @Flag(help: "Check the configuration and start nothing: exit 0, or 78 with every fault.")
    var check = false

    @Option(
        help: ArgumentHelp(
            "The pipeline that --queue-size, --item-count and --worker-count are for. Default: the only one.",
            valueName: "name"))
    var pipeline: String?

    @Option(help: ArgumentHelp("How many items the queue holds, from 1 to 1000000.", valueName: "number"))
    var queueSize: String?

    @Option(help: ArgumentHelp("How many items a run has, from 0 to 100000000000.", valueName: "number"))
    var itemCount: String?

    @Option(help: ArgumentHelp("How many consumers work at once, from 1 to 10000.", valueName: "number"))
    var workerCount: String?

    @Option(
        help: ArgumentHelp(
            "The database: a file, or 'postgres://USER@HOST/DATABASE'. Default: $STATE_DIRECTORY/kata.db, or ./kata.db.",
            valueName: "database"))
    var database: String?

    @Option(
        help: ArgumentHelp(
            "The control socket. Default: $RUNTIME_DIRECTORY/kata.sock, or ./kata.sock.", valueName: "file")
    )
    var socket: String?

    @Option(
        help: ArgumentHelp(
            """
            The least severe level that is logged: trace, debug, info, notice, warning, error or critical. Default: info.
            """,
            valueName: "level"))
    var logLevel: String?

    /// What the program was started as, which need not be `katad`.
    static let name = URL(fileURLWithPath: CommandLine.arguments[0]).lastPathComponent

    /// How long the end waits for somebody to read the log.
    private static let logPatience = Duration.seconds(1)

    func validate() throws {
        guard let guess else { return }
        guard once else { throw ValidationError("--guess is for --once, whose summary says how good it was") }
        if Duration(configuration: guess) == nil {
            throw ValidationError("--guess is '\(guess)', expected a duration of at most 365d, such as 1.5s, 10m or 2h")
        }
    }

    /// Does what the command line says, and returns when that is done.
    ///
    /// - Throws: `ExitCode`, once standard error says what went wrong; ``SystemShortage`` before that can be said in the log.
    func run(plugins: PluginRegistry, metadataProvider: Logger.MetadataProvider?) async throws {
        signal(SIGPIPE, SIG_IGN)
        ServerDescriptors.raiseLimit()
        try StartReserve.daemon.check()
        let signals = try DaemonSignal.all()
        let threshold = LogThreshold(.info)
        let destination = LogDestination.detect(
            environment: ProcessInfo.processInfo.environment, program: Self.name)
        let format = destination.format
        let log = try LogWriter(to: destination.sink) { count in
            format.entry(
                level: .warning, message: "lines of the log were dropped, because nobody read it in time",
                metadata: ["lines": "\(count)"], at: .now())
        }
        // What is said at the end must not come before what was logged.
        defer { log.flush(within: Self.logPatience) }
        LoggingSystem.bootstrap(
            { DaemonLogHandler(format: format, writer: log, threshold: threshold, metadataProvider: $1) },
            metadataProvider: metadataProvider)
        do {
            if check {
                try checkConfiguration(plugins)
            } else if let summary = try await serve(plugins, signals, threshold) {
                log.flush(within: Self.logPatience)
                try StandardOutput.printLine("\(summary)")
            }
        } catch let faults as ConfigurationFaults {
            for fault in faults.faults { report("\(fault)", to: log, as: format) }
            throw ExitCode(SystemExit.configuration.rawValue)
        } catch {
            report("\(Self.name): \(error)", to: log, as: format)
            let exit =
                (error as? ControlSocketError).map(SystemExit.init(for:))
                ?? (error as? MetricsSocket.Failure).map(SystemExit.init(for:)) ?? SystemExit(for: error)
            throw ExitCode(exit.rawValue)
        }
    }

    /// Says why the command fails, to the journal with the priority of an error.
    private func report(_ message: String, to log: LogWriter, as format: LogFormat) {
        switch format {
        // For whoever has typed the command.
        case .plain: log.write("\(message.printable)\n", isImportant: true)
        case .journalLine, .journalFields:
            log.write(format.entry(level: .error, message: message, metadata: [:], at: .now()), isImportant: true)
        }
    }

    private func checkConfiguration(_ plugins: PluginRegistry) throws {
        let configuration = try readConfiguration(plugins, logger: Logger(label: Self.name))
        let count = configuration.pipelines.count
        try StandardOutput.printLine("\(configurationSource.path): valid, \(counted(count, "pipeline"))")
    }

    private func serve(
        _ plugins: PluginRegistry, _ signals: AsyncStream<DaemonSignal>, _ threshold: LogThreshold
    ) async throws -> RunSummary? {
        let logger = Logger(label: Self.name)
        ControlGroups.takeOver()
        try OrphanReaper.takeOver()
        let clock = OffsetWallClock()
        let configuration = try readConfiguration(plugins, clock: clock, logger: logger)
        threshold.current = configuration.logLevel
        if user {
            try paths.makeDirectories(forDatabase: configuration.database, socket: configuration.socket)
        }
        ControlGroups.log(to: logger)
        let notifier = ServiceNotifier(environment: ProcessInfo.processInfo.environment)
        let daemon = Daemon(
            configuration: configuration,
            plugins: plugins,
            mode: once ? .once : .untilDrained,
            guess: guess.flatMap { Duration(configuration: $0) },
            signals: signals,
            notifier: notifier,
            status: ServiceStatus(notifier),
            threshold: threshold,
            logger: logger,
            readConfiguration: { try readConfiguration(plugins, clock: clock, logger: logger) },
            clock: clock
        )
        return try await daemon.run()
    }
}
