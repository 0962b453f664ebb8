public import Logging
public import Metrics
public import ServiceLifecycle
import Synchronization

/// The one writer of a store.
///
/// It works on a thread of its own, off the cooperative pool and out of reach of task cancellation. While one
/// transaction commits, requests pile up, and the next transaction takes them all: the more there is to do, the more
/// share a commit.
///
/// If the store takes no writes for a while (a full disk, somebody else's lock), completions and most requests wait, and it is
/// tried again until its ``StorePatience`` is over. If it fails in another way, or for longer, the recorder takes nothing
/// more, every waiting and later request throws ``RecorderFailure``, and ``run()`` throws it, too.
public final class Recorder: Service {
    let store: any JobStore
    /// The store, if other daemons use it, too.
    let shared: (any SharedJobStore)?
    let logger: Logger
    let mailbox: Mailbox<RecorderRequest>
    let availability = StoreAvailability()
    let patience: StorePatience
    /// Set once nobody waits any more for a store that takes no writes.
    let hasNoPatience = Atomic(false)
    let runtime: Runtime
    let failure = Mutex<RecorderFailure?>(nil)
    let commitObservers = Mutex(CommitObservers())
    let observers = JobObservers()
    /// What jobs print that are in handlers' hands.
    package let outputs: LiveOutputs
    /// What happens to jobs, for those who look on.
    package let events: LiveEvents
    /// Called, on the recorder's thread, when an outage of the store begins or has another cause, and with `nil` when it is over.
    let onOutage: @Sendable (StoreOutage?) -> Void
    let ended = Latch()
    /// How many requests share one transaction at the most, so that the first of them does not wait for ever.
    static let batchLimit = 1_024
    let metrics: CommitMetrics

    /// Starts the recorder's thread, which ends with ``stop()``, or with ``run()``.
    ///
    /// - Parameters:
    ///   - store: what to write to; nobody else in this process is to write to it.
    ///   - backlog: how many completions may wait for their transaction before consumers have to wait.
    ///   - patience: for how long a store is tried again that takes no writes.
    ///   - runtime: its clocks tell when the store is tried again, and the times that are kept; the system's, unless told
    ///     otherwise.
    ///   - metrics: makes the instruments for commits; the factory that the program was set up with, unless told otherwise.
    ///   - logger: told what goes wrong with the store.
    ///   - onOutage: called, on the recorder's thread, when the store takes no writes, again when that has another cause, and with
    ///     `nil` when it does again.
    public convenience init(
        store: any JobStore, backlog: Int = 4_096, patience: StorePatience = StorePatience(),
        runtime: Runtime = Runtime(), metrics: any MetricsFactory = MetricsSystem.factory, logger: Logger,
        onOutage: @escaping @Sendable (StoreOutage?) -> Void = { _ in }
    ) {
        self.init(
            withoutThread: store, backlog: backlog, patience: patience, runtime: runtime, metrics: metrics,
            logger: logger,
            onOutage: onOutage)
        do {
            try startThread(named: "kata-recorder") { [self] in
                var work = RecorderWork()
                while step(&work, waits: true) != .over {}
            }
        } catch {
            // Nobody can have sent anything yet.
            fail([], RecorderFailure(reason: "\(error)"))
            ended.open()
        }
    }

    /// Makes a recorder that works as far as somebody calls ``step(_:waits:)``, until that says that it is over.
    package init(
        withoutThread store: any JobStore, backlog: Int = 4_096, patience: StorePatience = StorePatience(),
        runtime: Runtime,
        metrics factory: any MetricsFactory = MetricsSystem.factory, logger: Logger,
        onOutage: @escaping @Sendable (StoreOutage?) -> Void = { _ in }
    ) {
        self.store = store
        shared = store as? any SharedJobStore
        self.onOutage = onOutage
        self.patience = patience
        self.runtime = runtime
        metrics = CommitMetrics(factory: factory)
        events = LiveEvents(clock: runtime.clock)
        outputs = LiveOutputs(events: events)
        self.logger = logger
        mailbox = Mailbox(limit: backlog)
    }

    /// Records what became of an attempt at a job. Returns as soon as the completion is in the backlog, before it is
    /// durable: a job whose completion is lost in a crash is still pending and is done again.
    ///
    /// - Parameters:
    ///   - alarms: who is told of the job's end, in the same transaction; `nil` if nobody is.
    ///   - observer: told what became of it, as far as it has to know; `nil` if nobody is.
    /// - Throws: ``RecorderFailure`` if the store failed, or the recorder was stopped.
    func record(
        _ completion: Completion, alarms: AlarmRules? = nil, observer: (any CompletionObserver)? = nil
    ) async throws {
        do {
            try await mailbox.send(.completion(completion, alarms: alarms, observer: observer))
        } catch {
            throw currentFailure
        }
    }

    /// Runs `body` in the next transaction and returns its result once the transaction is durable.
    ///
    /// - Parameters:
    ///   - waits: whether to wait while the store takes no writes.
    ///   - body: may be run more than once: nothing is kept of a transaction that failed.
    ///   - committed: called with the result as soon as the transaction is durable, on the recorder's thread
    ///     and in the order of the requests: what it changes in memory follows the store step by step. It must not block.
    /// - Throws: a ``StoreError`` that `body` threw, with nothing changed; ``StoreFailure`` if the store takes no writes
    ///   now and that is not to be waited for; ``RecorderFailure`` if the store failed, or the recorder was stopped.
    ///   Any other error of `body` counts as a failure of the store.
    public func perform<Result: Sendable>(
        waits: Bool = true,
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Result,
        committed: @escaping @Sendable (Result) -> Void = { _ in }
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            do {
                let operation = RecorderOperation(
                    body, waits: waits, committed: committed, continuation: continuation)
                try mailbox.sendAtOnce(.operation(operation))
            } catch {
                continuation.resume(throwing: currentFailure)
            }
        }
    }

    /// Runs `body` in one of the next transactions, if there are any; nobody waits for it.
    func leave(_ body: @escaping @Sendable (any StoreTransaction) throws -> Void) {
        // A recorder that has stopped has nothing to write to.
        try? mailbox.sendAtOnce(.operation(RecorderOperation(body) { _ in }))
    }

    /// Waits until everything that was recorded before this call is durable.
    ///
    /// - Throws: ``RecorderFailure`` if the store failed, or the recorder was stopped.
    public func flush() async throws {
        try await perform { _ in }
    }

    /// Yields after each commit, and ends with the recorder; commits in quick succession may share one element.
    public func commits() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        guard let id = commitObservers.withLock({ $0.add(continuation) }) else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.commitObservers.withLock { $0.remove(id) }
        }
        return stream
    }

    /// Records what is in the backlog, unless the store failed, and returns when the thread has ended.
    public func stop() async {
        mailbox.close()
        // Out of reach of cancellation: the backlog is written whatever happens to the caller.
        await ended.waitIgnoringCancellation()
    }

    /// Stops at a graceful shutdown.
    ///
    /// - Throws: ``RecorderFailure`` as soon as the store fails.
    public func run() async throws {
        await withGracefulShutdownHandler {
            // The wait is cut short if another service failed; what is in the backlog is recorded all the same.
            try? await ended.wait()
        } onGracefulShutdown: { [mailbox] in
            mailbox.close()
        }
        await stop()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// Whether nothing is recorded any more because the store failed.
    var hasFailed: Bool { failure.withLock { $0 != nil } }

    var currentFailure: RecorderFailure {
        failure.withLock { $0 } ?? RecorderFailure(reason: "the recorder was stopped")
    }
}
