import Kata
import Logging
import Synchronization

/// The processes of a plugin: starts them when there is work, gives them requests up to what they take at once, and
/// replaces those that end.
final class PluginPool: Sendable {
    /// A process of the pool, with the number of requests that it has open.
    private struct Member {
        let process: PluginProcess
        var inFlight = 0
    }

    private struct State: WaitingState {
        var members: [Member] = []
        /// Requests that wait for a process with room.
        var waiters = Waiters<Result<PluginProcess, JobFailure>>()
        /// One task for each member, until ``stop()``.
        var supervisors: [Task<Void, Never>] = []
        /// The tasks that wait for the ends of processes that were replaced.
        var farewells: [ObjectIdentifier: Task<Void, Never>] = [:]
        var restarts = 0
        /// Why the last process ended, or could not be started.
        var lastEnd: String?
        var isDraining = false

        /// Why no request is to wait any more: the next process may never come. `nil` if one may wait.
        var hopelessness: JobFailure? {
            guard isDraining, members.isEmpty, let lastEnd else { return nil }
            return JobFailure(lastEnd, retry: .unavailable)
        }
    }

    private let settings: PluginSettings
    private let count: Int
    /// How many requests a process is given at once, whatever it takes.
    private let width: Int
    private let logger: Logger
    private let state = Mutex(State())
    private let stops = Latch()
    private let reactor: ProcessReactor
    private let clock: any MonotonicClock
    /// The pauses after processes that were of no use, which grow with each one in a row.
    private static let backoff = Backoff(first: .milliseconds(250), max: .seconds(30))
    /// The pause after the end of a process that was of use.
    private static let restartPause = Duration.milliseconds(100)

    init(
        _ settings: PluginSettings, count: Int, width: Int = PluginHello.concurrencies.upperBound,
        clock: any MonotonicClock, reactor: ProcessReactor = ProcessReactor(name: "kata-plugin"), logger: Logger
    ) {
        self.reactor = reactor
        self.settings = settings
        self.clock = clock
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
            let process = try await acquire(for: context)
            defer { release(process) }
            do {
                return try await process.request(context: context, line)
            } catch is PluginProcess.NotSent {
                // The process ended just now; the next one is on its way.
            }
        }
    }

    /// Has no request wait for a process any more once one has ended or could not be started.
    func drainBegan() {
        change { $0.isDraining = true }
    }

    /// Ends the processes, and returns when they have ended. Each is first given the time that its open requests take.
    func stop() async {
        stops.open()
        let supervisors = state.withLock { $0.supervisors }
        for supervisor in supervisors { await supervisor.value }
        for farewell in state.withLock({ $0.farewells.values }) { await farewell.value }
    }

    var status: PluginStatus {
        state.withLock { state in
            PluginStatus(
                name: settings.name, path: settings.launch.path, version: state.members.first?.process.hello?.version,
                processes: state.members.count, restarts: state.restarts, waiting: state.waiters.count,
                problem: state.members.isEmpty ? state.lastEnd : nil)
        }
    }

    /// How many processes that were replaced have not ended yet.
    var farewellCount: Int { state.withLock { $0.farewells.count } }

    private func acquire(for context: JobContext?) async throws -> PluginProcess {
        startSupervisors()
        guard let context else { return try await state.wait { admit(&$0) }.get() }
        if let answer = state.withLock({ admit(&$0) }) { return try answer.get() }
        // That a process has to start first, or to come back, is not the job's time.
        return try await context.waiting(clock) { try await state.wait { admit(&$0) } }.get()
    }

    private func release(_ process: PluginProcess) {
        change { state in
            guard let index = state.members.firstIndex(where: { $0.process === process }) else { return }
            state.members[index].inFlight -= 1
        }
    }

    /// Takes room for a request that has come just now; `nil` if it has to wait. It fails if it is not to wait for a process.
    private func admit(_ state: inout State) -> Result<PluginProcess, JobFailure>? {
        if let failure = state.hopelessness { return .failure(failure) }
        return reserve(&state).map { .success($0) }
    }

    /// Takes room with the member that has the fewest requests open; `nil` if each member has as many as it takes.
    private func reserve(_ state: inout State) -> PluginProcess? {
        let free = state.members.indices.filter { index in
            let member = state.members[index]
            return member.process.takesRequests && member.inFlight < min(member.process.concurrency, width)
        }
        guard let index = free.min(by: { state.members[$0].inFlight < state.members[$1].inFlight }) else { return nil }
        state.members[index].inFlight += 1
        return state.members[index].process
    }

    /// Changes the state, and gives the room that is free then to requests that wait for it.
    private func change(_ body: (inout State) -> Void) {
        let (admitted, refused, failure) = state.withLock { state in
            body(&state)
            let failure = state.hopelessness
            let refused = failure == nil ? [] : state.waiters.removeAll()
            var admitted: [(Waiters<Result<PluginProcess, JobFailure>>.Waiter, PluginProcess)] = []
            while !state.waiters.isEmpty, let process = reserve(&state) {
                guard let waiter = state.waiters.popFirst() else { break }
                admitted.append((waiter, process))
            }
            return (admitted, refused, failure)
        }
        for (waiter, process) in admitted { waiter.resume(returning: .success(process)) }
        if let failure { for waiter in refused { waiter.resume(returning: .failure(failure)) } }
    }

    private func startSupervisors() {
        state.withLock { state in
            // Not before there is work; and not child tasks, because the caller with the first request does not wait
            // for them.
            while state.supervisors.count < count && !stops.isOpen {
                state.supervisors.append(Task { await supervise() })
            }
        }
    }

    /// Keeps one member in the pool: starts its process, and a fresh one when that process has ended or is to be
    /// replaced.
    private func supervise() async {
        var current: PluginProcess?
        var failures = 0
        while !stops.isOpen {
            do {
                let next = try await withCancellation(on: stops) { [settings, reactor, clock, logger] in
                    try await PluginProcess.start(settings, on: reactor, clock: clock, logger: logger)
                }
                // The old process goes on until there is a new one.
                change { state in
                    state.members.removeAll { $0.process === current }
                    state.members.append(Member(process: next))
                }
                if let old = current { sayFarewell(to: old) }
                current = next
                logger.info("plugin started", metadata: describe(next))
                warn(of: next)
                try await withCancellation(on: stops) { try await next.leaves.wait() }
                guard next.hasEnded else { continue }
                current = nil
                failures = next.answered > 0 ? 0 : failures + 1
                await restart(after: next.endReason, failures: failures) {
                    $0.members.removeAll { $0.process === next }
                }
            } catch let error as PluginProcess.Ended where !stops.isOpen {
                failures += 1
                await restart(after: error.description, failures: failures) { _ in }
            } catch {
                // The pool is to stop.
                break
            }
        }
        if let current { await current.leave() }
        change { $0.members.removeAll { $0.process === current } }
    }

    /// Lets a process end that was replaced. Only ``stop()`` waits for that.
    private func sayFarewell(to process: PluginProcess) {
        let id = ObjectIdentifier(process)
        // Under the lock, so that a task that is done at once finds itself there.
        state.withLock { state in
            state.farewells[id] = Task { [self] in
                await process.leave()
                self.state.withLock { $0.farewells[id] = nil }
            }
        }
    }

    /// Notes why there has to be another process, and waits for a while.
    private func restart(after reason: String, failures: Int, _ change: (inout State) -> Void) async {
        self.change { state in
            change(&state)
            state.restarts += 1
            state.lastEnd = reason
        }
        let pause = failures == 0 ? Self.restartPause : Self.backoff.pause(after: failures)
        logger.error(
            "a plugin ended and is started again",
            metadata: ["reason": "\(reason)", "in_seconds": "\(pause.formattedSeconds)"])
        // Cut short when the pool is to stop, which the caller looks at next.
        try? await withCancellation(on: stops) { [clock] in try await clock.sleep(for: pause) }
    }

    /// Says that a source is not what the configuration says of it.
    private func warn(of process: PluginProcess) {
        guard let isFinite = process.hello?.isFinite, let expected = settings.isFinite, isFinite != expected else {
            return
        }
        let words =
            isFinite
            ? "the items of a plugin end, and without 'finite: true' each end begins another run"
            : "the items of a plugin never end, and 'finite: true' says that they do"
        logger.warning("\(words)", metadata: ["plugin": "\(settings.name)"])
    }

    private func describe(_ process: PluginProcess) -> Logger.Metadata {
        let hello = process.hello
        return [
            "plugin": "\(settings.name)", "version": "\(hello?.version ?? "unknown")",
            "concurrency": "\(hello?.concurrency ?? 1)",
        ]
    }
}
