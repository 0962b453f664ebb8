import Kata
import Logging
import ServiceLifecycle

/// A daemon as one of several that work with the same database: shows that it is alive, looks what the others did, and gives up what
/// it has in hand before they may take it for gone.
struct NodeService: Service {
    let store: any SharedJobStore
    let recorder: Recorder
    /// The daemon's pipelines, which a reload may change.
    let pipelines: @Sendable () -> [Pipeline]
    let logger: Logger
    private let clock = PreciseClock()

    /// How often it is looked what others did although none has called.
    private static let interval = Duration.seconds(1)
    /// The same where calls don't come through; a random time between both.
    private static var pollInterval: Duration { .milliseconds(Int.random(in: 100...200)) }
    /// After a look there is time for more to come together.
    private static let pause = Duration.milliseconds(2)
    /// How much of the lease may go by without a sign of life before what is in hand is given up. What is left is for processes to end,
    /// which takes as long as their `kill_after` says, 5 seconds unless it is another one: half of a lease of 10.
    private static let trustedPart = 0.45

    init(store: any SharedJobStore, recorder: Recorder, pipelines: @escaping @Sendable () -> [Pipeline], logger: Logger)
    {
        self.store = store
        self.recorder = recorder
        self.pipelines = pipelines
        self.logger = logger
    }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    // Beside each other: while one waits for the database, the lease goes on.
                    group.addTask { try await attend() }
                    group.addTask { try await listen() }
                    group.addTask { try await watchLease() }
                    try await group.waitForAll()
                }
            }
        } catch is CancellationError {
            // The shutdown.
        } catch is RecorderFailure {
            // The recorder says it, and ends the daemon. A service that ends before its turn meanwhile counts as another failure. Only
            // the end of the whole group cuts the wait short.
            try? await gracefulShutdown()
        }
    }

    /// Shows that this node is alive, and what it does.
    private func attend() async throws {
        var rates = WorkRates()
        while true {
            let report = rates.report(of: pipelines(), at: clock.now)
            try await recorder.perform { [store] in try store.attend(report, in: $0) }
            try await clock.sleep(for: store.lease / 5)
        }
    }

    /// Looks what others did, as soon as one of them calls, and now and then.
    private func listen() async throws {
        var told: Set<JobChange> = []
        while true {
            do {
                try await look(&told)
            } catch let failure as StoreFailure {
                logger.debug("it can't be seen what other nodes did", metadata: ["error": "\(failure)"])
                try await clock.sleep(for: Self.interval)
            }
            try await clock.sleep(for: Self.pause)
            try await waitForCall()
        }
    }

    private func waitForCall() async throws {
        let isHeard = try await withThrowingTaskGroup(of: Bool.self) { group in
            // Whichever comes first.
            group.addTask { [store] in try await store.waitForCall() }
            group.addTask { [clock, recorder] in
                // Whoever waits for a job's end is told by nobody but this.
                try await clock.sleep(for: recorder.awaitedJobs.isEmpty ? Self.interval : Self.pollInterval)
                return true
            }
            defer { group.cancelAll() }
            return try await group.next() ?? true
        }
        if !isHeard { try await clock.sleep(for: Self.pollInterval) }
    }

    /// - Parameter told: cancelled jobs that are known already, as long as this node has them.
    private func look(_ told: inout Set<JobChange>) async throws {
        let pipelines = self.pipelines()
        let marks = pipelines.map(\.newsMark)
        let news = try await store.news(pipelines: pipelines.map(\.name), jobs: recorder.awaitedJobs)
        for (pipeline, mark) in zip(pipelines, marks) {
            guard let own = news.pipelines.first(where: { $0.name == pipeline.name }) else { continue }
            pipeline.take(own, since: mark)
        }
        try await recorder.take(cancelled: news.cancelled.filter { !told.contains($0) }, finished: news.finished)
        told = Set(news.cancelled)
    }

    /// Gives up what is in hand when the lease is about to end, because the database can't be reached.
    private func watchLease() async throws {
        var wasTrusted = true
        while true {
            try await clock.sleep(for: store.lease / 20)
            let isTrusted = store.leaseLeft > store.lease * (1 - Self.trustedPart)
            if wasTrusted && !isTrusted {
                logger.error(
                    "nothing was heard of the database for much of the lease; other nodes may soon take this one for gone"
                )
            }
            wasTrusted = isTrusted
            if !isTrusted { for pipeline in pipelines() { pipeline.sessionWasLost() } }
        }
    }
}
