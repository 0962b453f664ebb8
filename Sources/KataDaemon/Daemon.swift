import CLinux
import Kata
import KataConfig
import KataSQLite
import KataServer
import Logging
import ServiceLifecycle
import UnixSignals

/// Puts the daemon together from its parts, and runs it. This is the one place where the parts meet.
public struct Daemon: Sendable {
    let configuration: DaemonConfiguration
    /// The sources and handlers that a configuration can name.
    let plugins: PluginRegistry
    let mode: Pipeline.Mode
    let signals: UnixSignalsSequence
    let notifier: ServiceNotifier
    /// Shared with the log handler, so that a reload can change the level.
    let threshold: StandardErrorLogHandler.Threshold
    let logger: Logger
    /// Reads the configuration again, in the same way as at the start.
    let readConfiguration: @Sendable () throws -> DaemonConfiguration

    /// Runs until every pipeline has ended.
    ///
    /// - Returns: the summary of what the pipelines did, in mode `once`; `nil` otherwise: it reads all results, which a
    ///   daemon that has drained may have no time for.
    /// - Throws: what kept the daemon from starting, or made it stop.
    func run() async throws -> RunSummary? {
        clinux_return_large_blocks()
        let databasePath = configuration.database
        try checkDirectory(ofDatabase: databasePath)
        // The lock comes first: a daemon without it must touch neither the database nor the socket.
        let lock = try DatabaseLock(databasePath: databasePath)
        defer { withExtendedLifetime(lock) {} }
        let written = [databasePath] + configuration.pipelines.compactMap(\.configuration.export)
        removeLeftoversInBackground(in: Set(written.map(directoryPath(of:))).sorted(), logger: logger)
        let store = try openDatabase(databasePath, lock)
        let socket = try ControlSocket(path: configuration.socket)

        let recorder = Recorder(
            store: store, patience: StorePatience(limit: configuration.storePatience), logger: logger
        ) { [notifier] outage in
            let state = outage.map { "Store \($0.failure.cause.name) since \($0.since.iso8601)" }
            notifier.status(state ?? "Running")
        }
        let engine: Engine
        do {
            engine = try await Engine(
                configuration: configuration, mode: mode, store: store, recorder: recorder, logger: logger
            )
        } catch {
            await recorder.stop()
            throw error
        }
        try await serve(
            engine, recorder: recorder, store: store, socket: socket, databasePath: databasePath,
            afterCrash: lock.ownerDied)
        let summary =
            switch mode {
            case .once: try await RunSummary(of: engine.pipelines, records: store, databasePath: databasePath)
            case .untilDrained: RunSummary?.none
            }
        try store.close()
        return summary
    }

    /// Opens the database, or makes it, for those whom the configuration lets read it.
    private func openDatabase(_ databasePath: String, _ lock: DatabaseLock) throws -> SQLiteJobStore {
        let access = DatabaseAccess(group: configuration.databaseGroup)
        try access.create(databasePath)
        // It may have been made just now.
        try lock.coverDatabase()
        let store = try SQLiteJobStore(path: databasePath, afterCrash: lock.ownerDied)
        if let mode = try access.apply(to: databasePath) {
            logger.notice(
                "the database's mode was changed: database_group says who may read it",
                metadata: ["database": "\(databasePath)", "mode_before": "\(mode)"])
        }
        return store
    }

    private func serve(
        _ engine: Engine, recorder: Recorder, store: SQLiteJobStore, socket: ControlSocket, databasePath: String,
        afterCrash: Bool
    ) async throws {
        let health = DatabaseHealth()
        // No work begins before it is sure that the socket can be had.
        let isListening = Latch()
        let server = ControlServer(
            socket: socket,
            service: DaemonControl(
                engine: engine, plugins: plugins, recorder: recorder, records: store, databasePath: databasePath,
                health: health
            ) {
                drain(engine, ["reason": "asked for by a client"])
            },
            logger: logger,
            onReady: { [notifier] in
                notifier.ready(engine.summary)
                isListening.open()
                // Much of what the start has touched, such as the reader of the configuration, is not needed again.
                clinux_release_startup_memory()
            }
        )
        let listener = SignalListener(
            signals: signals, engine: engine, notifier: notifier, logger: logger,
            drain: { drain(engine, $0) },
            reload: { await reload(engine) })
        // Services stop in reverse order. The engine ends when its pipelines have, and that ends the other services.
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: recorder),
                    .init(service: server, failureTerminationBehavior: .gracefullyShutdownGroup),
                    .init(
                        service: Watchdog(notifier: notifier, recorder: recorder),
                        failureTerminationBehavior: .gracefullyShutdownGroup
                    ),
                    .init(
                        service: ClockService(engine: engine, logger: logger),
                        failureTerminationBehavior: .gracefullyShutdownGroup
                    ),
                    .init(
                        service: RetentionService(engine: engine, logger: logger),
                        failureTerminationBehavior: .gracefullyShutdownGroup
                    ),
                    .init(
                        service: LogWatchService(
                            watch: WriteAheadLogWatch(path: databasePath, reads: store.reads), recorder: recorder,
                            health: health, logger: logger),
                        failureTerminationBehavior: .gracefullyShutdownGroup
                    ),
                    .init(service: listener, failureTerminationBehavior: .gracefullyShutdownGroup),
                    .init(
                        service: DelayedStart(service: engine, until: isListening),
                        successTerminationBehavior: .gracefullyShutdownGroup
                    ),
                ] + (afterCrash ? [crashCheck(databasePath, store, health)] : []),
                logger: quietLogger
            )
        )
        try await group.run()
    }

    private func crashCheck(
        _ databasePath: String, _ store: SQLiteJobStore, _ health: DatabaseHealth
    ) -> ServiceGroupConfiguration.ServiceConfiguration {
        .init(
            service: CrashCheckService(
                databasePath: databasePath, reads: store.reads, health: health, logger: logger),
            successTerminationBehavior: .ignore, failureTerminationBehavior: .ignore)
    }

    /// Begins to drain, which ends the daemon, and says so in the log and to the service manager.
    ///
    /// - Parameter cause: who asked for it, for the log.
    private func drain(_ engine: Engine, _ cause: Logger.Metadata) {
        logger.notice("draining", metadata: cause)
        notifier.stopping("Draining")
        engine.drain()
    }

    private func reload(_ engine: Engine) async {
        notifier.reloading()
        do {
            let new = try readConfiguration()
            try new.checkKeepsWhatIsFixed(since: configuration)
            try await engine.reload(new)
            threshold.current = new.logLevel
            logger.notice("configuration reloaded")
        } catch let faults as ConfigurationFaults {
            for fault in faults.faults {
                logger.error("configuration refused, the old one stays", metadata: ["fault": "\(fault)"])
            }
        } catch {
            logger.error("configuration refused, the old one stays", metadata: ["error": "\(error)"])
        }
        notifier.ready(engine.summary)
    }

    /// For the service group: what it says below a warning is of no use to somebody who runs a job daemon.
    private var quietLogger: Logger {
        var logger = logger
        logger.logLevel = .warning
        return logger
    }
}
