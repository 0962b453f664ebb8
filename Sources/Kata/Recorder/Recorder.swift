public import Logging
public import ServiceLifecycle
import Synchronization

/// The one writer of a store.
///
/// It works on a thread of its own, off the cooperative pool and out of reach of task cancellation. While one transaction
/// commits, requests pile up, and the next transaction takes them all: the more there is to do, the more share a commit.
///
/// If the store fails, what the failed transaction held is unknown. The recorder then takes nothing more, every waiting
/// and later request throws ``RecorderFailure``, and ``run()`` throws it, too.
public final class Recorder: Service {
    private let store: any JobStore
    private let logger: Logger
    private let mailbox: Mailbox<RecorderRequest>
    private let failure = Mutex<RecorderFailure?>(nil)
    private let commitObservers = Mutex(CommitObservers())
    private let ended = Signal()
    /// How many requests share one transaction at the most, so that the first of them does not wait for ever.
    private static let batchLimit = 1_024

    /// Starts the recorder's thread. It ends with ``stop()``, or with ``run()``.
    ///
    /// - Parameter backlog: how many completions may wait for their transaction before consumers have to wait.
    public init(store: any JobStore, backlog: Int = 4_096, logger: Logger) {
        self.store = store
        self.logger = logger
        mailbox = Mailbox(limit: backlog)
        startThread(named: "kata-recorder") { [self] in
            work()
            ended.fire()
        }
    }

    /// Records what becomes of a job. Returns as soon as the completion is in the backlog, before it is durable: a job
    /// whose completion is lost in a crash is still pending and is done again.
    ///
    /// - Throws: ``RecorderFailure`` if the store failed.
    public func record(_ completion: Completion) async throws {
        do {
            try await mailbox.send(.completion(completion))
        } catch {
            throw currentFailure
        }
    }

    /// Runs `body` in the next transaction and returns its result once that is durable.
    ///
    /// - Throws: a ``StoreError`` that `body` threw, with nothing changed; ``RecorderFailure`` if the store failed.
    public func perform<Result: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try mailbox.sendAtOnce(.operation(RecorderOperation(body, continuation: continuation)))
            } catch {
                continuation.resume(throwing: currentFailure)
            }
        }
    }

    /// Waits until everything that was recorded before this call is durable.
    ///
    /// - Throws: ``RecorderFailure`` if the store failed.
    public func flush() async throws {
        try await perform { _ in }
    }

    /// Yields after each commit; commits in quick succession may share one.
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

    /// Records what is in the backlog, then ends the thread.
    public func stop() async {
        mailbox.close()
        // Out of reach of cancellation: the backlog is written whatever happens to the caller.
        await Task { [ended] in try? await ended.wait() }.value
    }

    /// Stops at a graceful shutdown.
    ///
    /// - Throws: ``RecorderFailure`` as soon as the store fails.
    public func run() async throws {
        await withGracefulShutdownHandler {
            // Cut short if another service failed; what is in the backlog is recorded all the same.
            try? await ended.wait()
        } onGracefulShutdown: { [mailbox] in
            mailbox.close()
        }
        await stop()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private var currentFailure: RecorderFailure {
        failure.withLock { $0 } ?? RecorderFailure(reason: "the recorder was stopped")
    }

    private func work() {
        while let requests = mailbox.receive(most: Self.batchLimit) {
            do {
                try commit(requests)
                for observer in commitObservers.withLock({ $0.all }) { observer.yield() }
            } catch {
                fail(requests, RecorderFailure(reason: "\(error)"))
            }
        }
        for observer in commitObservers.withLock({ $0.close() }) { observer.finish() }
    }

    private func commit(_ requests: [RecorderRequest]) throws {
        var stale: [Completion] = []
        try store.transaction { transaction in
            for request in requests {
                switch request {
                case .completion(let completion):
                    if try !transaction.complete(completion) { stale.append(completion) }
                case .operation(let operation):
                    try operation.apply(transaction)
                }
            }
        }
        for case .operation(let operation) in requests { operation.acknowledge() }
        for completion in stale {
            logger.warning(
                "a result was not recorded: the job was finished already",
                metadata: [
                    "job": "\(completion.job.id)", "attempt": "\(completion.job.attempt)",
                    "consumer": "\(completion.consumerID)",
                ]
            )
        }
    }

    private func fail(_ requests: [RecorderRequest], _ reason: RecorderFailure) {
        logger.critical("the store failed; nothing more is recorded", metadata: ["error": "\(reason)"])
        failure.withLock { $0 = $0 ?? reason }
        mailbox.close()
        for case .operation(let operation) in requests { operation.fail(reason) }
        while let rest = mailbox.receive(most: Self.batchLimit) {
            for case .operation(let operation) in rest { operation.fail(reason) }
        }
    }
}
