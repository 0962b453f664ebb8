import CLinux
import Kata
import KataConfig
import KataServer
import Logging
import ServiceLifecycle

/// Puts the daemon together from its parts, and runs it. This is the one place where the parts meet.
public struct Daemon: Sendable {
    let configuration: DaemonConfiguration
    /// The sources and handlers that a configuration can name.
    let plugins: PluginRegistry
    let mode: Pipeline.Mode
    /// How long somebody thinks that a run takes, for the summary.
    let guess: Duration?
    let signals: AsyncStream<DaemonSignal>
    let notifier: ServiceNotifier
    let status: ServiceStatus
    /// Shared with the log handler, so that a reload can change the level.
    let threshold: LogThreshold
    let logger: Logger
    /// Reads the configuration again, in the same way as at the start.
    let readConfiguration: @Sendable () throws -> DaemonConfiguration
    /// What plugins go by; set to the clock of a database that several machines share.
    let clock: OffsetWallClock

    /// Runs until every pipeline has ended.
    ///
    /// - Returns: the summary of what the pipelines did, in mode `once`; `nil` otherwise: it reads all results, which a
    ///   daemon that has drained may have no time for.
    /// - Throws: what kept the daemon from starting, or made it stop.
    func run() async throws -> RunSummary? {
        clinux_return_large_blocks()
        let relay = SignalRelay(signals)
        // The store comes first: a daemon that does not own it must not touch the socket.
        let opening = CoreOpening(
            configuration: configuration, mode: mode, notifier: notifier, status: status, clock: clock,
            logger: logger)
        guard let core = try await opening.open(unless: relay.endAsked) else {
            logger.notice("stopped before the store could be opened")
            return nil
        }
        defer { withExtendedLifetime(core.database) {} }
        // First where a file system has answered already: another one may hold up those that come after it.
        let first = [configuration.database.path].compactMap { $0 }.map(directoryPath(of:))
        let others = Set(configuration.pipelines.compactMap(\.configuration.export).map(directoryPath(of:)))
        removeLeftoversInBackground(in: first + others.subtracting(first).sorted(), logger: logger)
        do {
            let socket = try ControlSocket(
                path: configuration.socket, mode: configuration.socketMode, group: configuration.socketGroup)
            let metricsSocket = try configuration.metrics.map { place in
                try MetricsSocket(address: place.address, port: place.port)
            }
            try await serve(core, signals: relay.signals, socket: socket, metricsSocket: metricsSocket)
        } catch {
            await core.recorder.stop()
            throw error
        }
        let summary =
            switch mode {
            case .once:
                try await RunSummary(
                    of: core.engine.pipelines, records: core.database.store, database: configuration.database,
                    guess: guess)
            case .untilDrained: RunSummary?.none
            }
        try core.database.close()
        return summary
    }

    private func serve(
        _ core: DaemonCore, signals: AsyncStream<DaemonSignal>, socket: ControlSocket, metricsSocket: MetricsSocket?
    ) async throws {
        let engine = core.engine
        let health = DatabaseHealth()
        // No work begins before it is sure that the socket can be had.
        let isListening = Latch()
        let progress = ProgressReport()
        let requests = DaemonRequests(
            engine: engine, status: status, configuration: configuration, threshold: threshold, logger: logger,
            readConfiguration: readConfiguration)
        let control = DaemonControl(
            engine: engine, plugins: plugins, recorder: core.recorder, records: core.database.store,
            database: configuration.database, wallClock: core.database.wallClock, health: health, progress: progress,
            metrics: DaemonMetrics.registry
        ) {
            requests.drain(["reason": "asked for by a client"])
        }
        let server = ControlServer(
            socket: socket,
            service: control,
            hosts: configuration.dashboard?.hosts ?? [], hasDashboard: configuration.dashboard != nil,
            logger: logger,
            onReady: { [status] in
                status.ready(engine.summary)
                isListening.open()
                // Much of what the start has touched, such as the reader of the configuration, is not needed again.
                clinux_release_startup_memory()
            }
        )
        let listener = SignalListener(signals: signals, requests: requests, logger: logger)
        // Services stop in reverse order. The engine ends when its pipelines have, and that ends the other services.
        let group = ServiceGroup(
            configuration: .init(
                // A node shows that it is alive for as long as its pipelines drain.
                services: [.init(service: core.recorder)]
                    + core.database.services(core.recorder, { engine.pipelines }, health, logger) + [
                        .init(
                            service: OutputWriter(recorder: core.recorder),
                            failureTerminationBehavior: .gracefullyShutdownGroup
                        ),
                        .init(service: server, failureTerminationBehavior: .gracefullyShutdownGroup),
                        .init(
                            service: Watchdog(
                                notifier: notifier, report: progress, logger: logger,
                                checks: try progressChecks(recorder: core.recorder, engine: engine)),
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
                            service: ExpectationService(engine: engine, logger: logger),
                            failureTerminationBehavior: .gracefullyShutdownGroup
                        ),
                        .init(
                            service: DrainExtension(notifier: notifier, engine: engine),
                            failureTerminationBehavior: .gracefullyShutdownGroup
                        ),
                        .init(service: listener, failureTerminationBehavior: .gracefullyShutdownGroup),
                        .init(
                            service: DelayedStart(service: engine, until: isListening),
                            successTerminationBehavior: .gracefullyShutdownGroup
                        ),
                    ] + metricsServers(metricsSocket, control),
                logger: quietLogger
            )
        )
        try await group.run()
    }

    private func metricsServers(
        _ socket: MetricsSocket?, _ control: DaemonControl
    ) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        [socket].compactMap { $0 }.map { socket in
            .init(
                service: MetricsServer(socket: socket, service: control, logger: logger),
                failureTerminationBehavior: .gracefullyShutdownGroup)
        }
    }

    /// For the service group: what it says below a warning is of no use to somebody who runs a job daemon.
    private var quietLogger: Logger {
        var logger = logger
        logger.logLevel = .warning
        return logger
    }
}
