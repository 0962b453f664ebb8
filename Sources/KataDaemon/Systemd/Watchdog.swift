import Dispatch
import Kata
import Logging
import ServiceLifecycle

/// Looks again and again whether the parts of the daemon get on. As long as all of them do, the service manager gets its signs
/// of life; a part that does not is named in the log and in the status.
///
/// It has a thread of its own, and waits for none of the parts: where the tasks' threads are blocked, nobody else could say so.
struct Watchdog: Service {
    private let notifier: ServiceNotifier
    private let report: ProgressReport
    private let checks: @Sendable () -> [ProgressCheck]
    private let logger: Logger
    private let interval: Duration
    private let limit: Duration

    /// How often it is looked for a service manager that wants a sign within that time. One sign that is late, or lost, must not
    /// matter.
    private static let looksPerSign = 8
    /// How often it is looked without a service manager that wants signs.
    private static let usualInterval = Duration.seconds(5)
    /// What is less would be spent on looking.
    private static let shortestInterval = Duration.milliseconds(1)
    /// After so many looks that have shown no progress it is said.
    private static let patience = 4

    /// - Parameters:
    ///   - report: told which parts do not get on.
    ///   - checks: gives the parts that there are when it is called.
    init(
        notifier: ServiceNotifier, report: ProgressReport, logger: Logger,
        checks: @escaping @Sendable () -> [ProgressCheck]
    ) {
        self.notifier = notifier
        self.report = report
        self.logger = logger
        self.checks = checks
        interval = max(
            notifier.watchdogInterval.map { $0 / Self.looksPerSign } ?? Self.usualInterval, Self.shortestInterval)
        limit = interval * Self.patience
    }

    /// Looks until a graceful shutdown.
    ///
    /// - Throws: ``SystemShortage`` if there is no room for its thread.
    func run() async throws {
        let end = DispatchSemaphore(value: 0)
        try startThread(named: "kata-watchdog") { watch(until: end) }
        defer { end.signal() }
        do {
            // If this returned, the service group would end the daemon.
            try await cancelWhenGracefulShutdown { try await Latch().wait() }
        } catch is CancellationError {
            // The shutdown.
        }
    }

    private func watch(until end: DispatchSemaphore) {
        var monitor = ProgressMonitor(interval: interval, limit: limit)
        let clock = PreciseClock()
        var last = clock.now
        repeat {
            let now = clock.now
            let readings = checks().map { (part: $0.name, reading: $0.read()) }
            tell(monitor.take(readings, after: last.duration(to: now), at: .now()))
            last = now
        } while end.wait(timeout: .now() + interval.seconds) == .timedOut
    }

    private func tell(_ findings: ProgressMonitor.Findings) {
        if findings.isAlive && notifier.watchdogInterval != nil { notifier.aliveSign() }
        for stall in findings.new {
            var metadata: Logger.Metadata = ["part": "\(stall.part)", "since": "\(stall.since.iso8601)"]
            if let waiting = stall.waiting { metadata["waiting"] = "\(waiting)" }
            logger.critical("a part of the daemon does not get on", metadata: metadata)
        }
        for stall in findings.over {
            logger.notice(
                "a part of the daemon gets on again",
                metadata: ["part": "\(stall.part)", "since": "\(stall.since.iso8601)"])
        }
        report.set(findings.stalls)
    }
}
