import Kata
import Logging
import Synchronization

/// The processes of a plugin: starts them when there is work, gives them requests up to what they take at once, and
/// replaces those that end.
final class PluginPool: Sendable {
    private struct Seat {
        let process: PluginProcess
        var inFlight = 0
    }

    private struct Waiter {
        let ticket: UInt64
        let continuation: UnsafeContinuation<PluginProcess, any Error>
    }

    private struct State {
        var seats: [Seat] = []
        /// In order.
        var waiters: [Waiter] = []
        var lastTicket: UInt64 = 0
        var supervisors: [Task<Void, Never>] = []
        var restarts = 0
        /// Why the last process ended, or could not be started.
        var lastEnd: String?
    }

    private let settings: PluginSettings
    private let count: Int
    /// How many requests a process is given at once, whatever it takes.
    private let width: Int
    private let logger: Logger
    private let state = Mutex(State())
    private let stops = Signal()
    private static let pauses = RetryPolicy(attempts: .max, backoff: .milliseconds(250), max: .seconds(30))
    /// Before a process that was of use is started again.
    private static let restartPause = Duration.milliseconds(100)

    init(_ settings: PluginSettings, count: Int, width: Int = PluginHello.concurrencies.upperBound, logger: Logger) {
        self.settings = settings
        self.count = count
        self.width = width
        self.logger = logger
    }

    /// Has a request answered by one of the processes; waits first until one has room.
    ///
    /// - Throws: ``PluginProcess/Ended``; `CancellationError`.
    func request(
        context: JobContext? = nil, _ line: @Sendable (_ id: UInt64) -> [UInt8]
    ) async throws -> PluginMessage.Answer {
        while true {
            let process = try await acquire()
            defer { release(process) }
            do {
                return try await process.request(context: context, line)
            } catch is PluginProcess.NotSent {
                // It ended just now; the next one is on its way.
            }
        }
    }

    /// Ends the processes. What they have open is for its callers to wait for before.
    func stop() async {
        stops.fire()
        let supervisors = state.withLock { $0.supervisors }
        for supervisor in supervisors { await supervisor.value }
    }

    var status: PluginStatus {
        state.withLock { state in
            PluginStatus(
                name: settings.name, path: settings.launch.path, version: state.seats.first?.process.hello?.version,
                processes: state.seats.count, restarts: state.restarts, waiting: state.waiters.count,
                problem: state.seats.isEmpty ? state.lastEnd : nil)
        }
    }

    private func acquire() async throws -> PluginProcess {
        startSupervisors()
        if let process = state.withLock({ takeSeat(&$0) }) { return process }
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                let result: Result<PluginProcess, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if let process = takeSeat(&state) { return .success(process) }
                    state.waiters.append(Waiter(ticket: ticket, continuation: continuation))
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.ticket == ticket }.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    private func release(_ process: PluginProcess) {
        changeSeats { state in
            guard let index = state.seats.firstIndex(where: { $0.process === process }) else { return }
            state.seats[index].inFlight -= 1
        }
    }

    /// A place with the process that has the least to do; `nil` if all have as much as they take.
    private func takeSeat(_ state: inout State) -> PluginProcess? {
        let free = state.seats.indices.filter { index in
            let seat = state.seats[index]
            return seat.process.takesRequests && seat.inFlight < min(seat.process.concurrency, width)
        }
        guard let index = free.min(by: { state.seats[$0].inFlight < state.seats[$1].inFlight }) else { return nil }
        state.seats[index].inFlight += 1
        return state.seats[index].process
    }

    /// Changes who sits where, and lets those in who wait for a place that is free then.
    private func changeSeats(_ body: (inout State) -> Void) {
        let admitted = state.withLock { state in
            body(&state)
            var admitted: [(Waiter, PluginProcess)] = []
            while let first = state.waiters.first, let process = takeSeat(&state) {
                state.waiters.removeFirst()
                admitted.append((first, process))
            }
            return admitted
        }
        for (waiter, process) in admitted { waiter.continuation.resume(returning: process) }
    }

    private func startSupervisors() {
        state.withLock { state in
            // Not before there is work; and not child tasks, because whoever brings the first work does not wait for them.
            while state.supervisors.count < count && !stops.hasFired {
                state.supervisors.append(Task { await supervise() })
            }
        }
    }

    /// Sees to it that there is a process, and a fresh one when that has had its time.
    private func supervise() async {
        var seated: PluginProcess?
        var failures = 0
        var leaving: [Task<Void, Never>] = []
        while !stops.hasFired {
            do {
                let next = try await withCancellation(on: stops) { [settings, logger] in
                    try await PluginProcess.start(settings, logger: logger)
                }
                // The old one goes on until there is a new one.
                changeSeats { state in
                    state.seats.removeAll { $0.process === seated }
                    state.seats.append(Seat(process: next))
                }
                if let old = seated { leaving.append(Task { await old.leave() }) }
                seated = next
                logger.info("plugin started", metadata: describe(next))
                try await withCancellation(on: stops) { try await next.leaves.wait() }
                guard next.hasEnded else { continue }
                seated = nil
                failures = next.answered > 0 ? 0 : failures + 1
                await restart(after: next.endReason, failures: failures) { $0.seats.removeAll { $0.process === next } }
            } catch let error as PluginProcess.Ended where !stops.hasFired {
                failures += 1
                await restart(after: error.description, failures: failures) { _ in }
            } catch {
                // It is to stop.
                break
            }
        }
        if let seated { await seated.leave() }
        for task in leaving { await task.value }
        changeSeats { $0.seats.removeAll { $0.process === seated } }
    }

    /// Notes why there has to be another process, and waits for a while.
    private func restart(after reason: String, failures: Int, _ change: (inout State) -> Void) async {
        changeSeats { state in
            change(&state)
            state.restarts += 1
            state.lastEnd = reason
        }
        let pause = failures == 0 ? Self.restartPause : Self.pauses.ceiling(after: failures)
        logger.error(
            "a plugin ended and is started again",
            metadata: ["reason": "\(reason)", "in_seconds": "\(pause.formattedSeconds)"])
        // Cut short when it is to stop, which the caller looks at next.
        try? await withCancellation(on: stops) { try await PreciseClock().sleep(for: pause) }
    }

    private func describe(_ process: PluginProcess) -> Logger.Metadata {
        let hello = process.hello
        return [
            "plugin": "\(settings.name)", "version": "\(hello?.version ?? "unknown")",
            "concurrency": "\(hello?.concurrency ?? 1)",
        ]
    }
}
