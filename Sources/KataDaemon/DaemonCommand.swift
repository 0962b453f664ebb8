import ArgumentParser
import Foundation
import Kata
import KataCommand
import KataConfig
import KataPlugins
import KataSQLite
import KataServer
import Logging
import UnixSignals

/// The command line of the daemon.
struct DaemonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Runs pipelines of jobs: producers, bounded queues and consumers over one database.",
        discussion: """
            Runs in the foreground and logs to standard error. SIGTERM or SIGINT drains and exits 0, a second one \
            stops at once, SIGHUP reloads the configuration.
            """,
        version: version
    )

    @Option(help: "The configuration. Default: $KATA_CONFIG, or /etc/kata/kata.yaml.")
    var config: String?

    @Flag(help: "Exit when every finite pipeline has finished, and print a summary.")
    var once = false

    @Flag(help: "Check the configuration and start nothing: exit 0, or 78 with every fault.")
    var check = false

    @Option(help: "The pipeline that the next options are for. Default: the only one.")
    var pipeline: String?

    @Option(help: "How many items the queue holds.")
    var queueSize: String?

    @Option(help: "How many items a run has.")
    var itemCount: String?

    @Option(help: "How many consumers work at once.")
    var workerCount: String?

    @Option(help: "The database file. Default: $STATE_DIRECTORY/kata.db, or ./kata.db.")
    var database: String?

    @Option(help: "The control socket. Default: $RUNTIME_DIRECTORY/kata.sock, or ./kata.sock.")
    var socket: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?

    /// What the program was started as, which need not be `katad`.
    private static let name = URL(fileURLWithPath: CommandLine.arguments[0]).lastPathComponent

    /// With how many open files a daemon can start. It takes about twenty, and more for each pipeline, connection and process.
    private static let descriptors = 64

    /// How long the end waits for somebody to read the log.
    private static let logPatience = Duration.seconds(1)

    /// Does what the command line says, and returns when that is done.
    ///
    /// - Throws: `ExitCode`, once standard error says what went wrong.
    func run(plugins: PluginRegistry, metadataProvider: Logger.MetadataProvider?) async throws {
        // First of all, so that from here on no signal ends the process unheard.
        openStandardDescriptors()
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        signal(SIGPIPE, SIG_IGN)
        let threshold = StandardErrorLogHandler.Threshold(.info)
        let format = LogFormat.detect(environment: ProcessInfo.processInfo.environment)
        let log = LogWriter(to: STDERR_FILENO) { count in
            format.line(
                level: .warning, message: "lines of the log were dropped, because nobody read it in time",
                metadata: ["lines": "\(count)"], at: .now())
        }
        // What is said at the end must not come before what was logged.
        defer { log.flush(within: Self.logPatience) }
        LoggingSystem.bootstrap(
            { StandardErrorLogHandler(format: format, writer: log, threshold: threshold, metadataProvider: $1) },
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
            let exit = (error as? ControlSocketError).map(SystemExit.init(for:)) ?? SystemExit(for: error)
            throw ExitCode(exit.rawValue)
        }
    }

    /// Says why the command fails, to the journal with the priority of an error.
    private func report(_ message: String, to log: LogWriter, as format: LogFormat) {
        switch format {
        case .plain: log.write("\(message.printable)\n")
        case .journal: log.write("<\(Logger.Level.error.priority)>\(message.printable)\n")
        }
    }

    private func checkConfiguration(_ plugins: PluginRegistry) throws {
        let configuration = try readConfiguration(plugins, logger: Logger(label: Self.name))
        let count = configuration.pipelines.count
        try StandardOutput.printLine("\(configurationPath): valid, \(counted(count, "pipeline"))")
    }

    private func serve(
        _ plugins: PluginRegistry, _ signals: UnixSignalsSequence, _ threshold: StandardErrorLogHandler.Threshold
    ) async throws -> RunSummary? {
        // What the event loop and the timers can't have would end the process without a word.
        try FileDescriptorLimit.require(Self.descriptors)
        let logger = Logger(label: Self.name)
        ControlGroups.takeOver()
        OrphanReaper.takeOver()
        let configuration = try readConfiguration(plugins, logger: logger)
        threshold.current = configuration.logLevel
        ControlGroups.log(to: logger)
        let daemon = Daemon(
            configuration: configuration,
            plugins: plugins,
            mode: once ? .once : .untilDrained,
            signals: signals,
            notifier: ServiceNotifier(environment: ProcessInfo.processInfo.environment),
            threshold: threshold,
            logger: logger,
            readConfiguration: { try readConfiguration(plugins, logger: logger) }
        )
        return try await daemon.run()
    }

    private var configurationPath: String { config ?? DefaultPaths().configuration }

    private func readConfiguration(_ plugins: PluginRegistry, logger: Logger) throws -> DaemonConfiguration {
        try DaemonConfiguration(
            path: configurationPath,
            overrides: overrides,
            paths: DefaultPaths(),
            registry: plugins,
            context: PluginContext(logger: logger, pluginsDirectory: PluginDirectory.defaultPath),
            databaseFiles: DatabaseFiles.paths
        )
    }

    /// The command line goes before the environment.
    private var overrides: ConfigurationOverrides {
        var overrides = ConfigurationOverrides(environment: ProcessInfo.processInfo.environment)
        overrides.pipelineName = pipeline
        overrides.daemon += values([("database", database), ("socket", socket), ("log_level", logLevel)])
        overrides.pipeline = values([
            ("queue_size", queueSize), ("item_count", itemCount), ("worker_count", workerCount),
        ])
        return overrides
    }

    private func values(_ options: [(key: String, text: String?)]) -> [ConfigurationOverrides.Value] {
        options.compactMap { key, text in
            text.map { .init(key: key, text: $0, source: "--\(key.replacingOccurrences(of: "_", with: "-"))") }
        }
    }
}
