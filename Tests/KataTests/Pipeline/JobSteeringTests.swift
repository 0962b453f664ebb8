import KataTestSupport
import KataTesting
import Testing

@testable import Kata

/// Requests for all jobs of a pipeline, while these go from state to state.
@Suite("Steering all jobs of a pipeline", .timeLimit(.minutes(10)))
struct JobSteeringTests {
    /// Lets a test change a job just before the jobs in some state are read.
    private final class MovingStore: JobStore, ForwardingReader {
        let store = MemoryJobStore()
        var reader: any JobStoreReader { store }
        private let move: @Sendable (MemoryJobStore) throws -> Void
        private let isAfterwards: Bool
        private let hasMoved = Latch()

        /// - Parameter isAfterwards: whether jobs go to other states after they were read, and not before.
        init(isAfterwards: Bool, _ move: @escaping @Sendable (MemoryJobStore) throws -> Void) {
            self.isAfterwards = isAfterwards
            self.move = move
        }

        func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
            try store.transaction(body)
        }

        func jobIDs(pipeline: String, states: Set<JobState>, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
            if hasMoved.isOpen {
                return try await store.jobIDs(pipeline: pipeline, states: states, after: id, limit: limit)
            }
            hasMoved.open()
            if !isAfterwards { try move(store) }
            let jobs = try await store.jobIDs(pipeline: pipeline, states: states, after: id, limit: limit)
            if isAfterwards { try move(store) }
            return jobs
        }
    }

    @Test("cancels a job that goes to another state meanwhile", arguments: [false, true])
    func moving(isAfterwards: Bool) async throws {
        let due = Timestamp.sample(after: .seconds(1))
        let store = MovingStore(isAfterwards: isAfterwards) { store in
            // The one that is pending is tried again later, and the one that is scheduled comes due.
            try store.transaction { transaction in
                _ = try transaction.promote(run: 1, dueBy: due, limit: 10)
                let job = Job(id: 1, runID: 1, item: "x")
                _ = try transaction.complete(.sample(of: job, .retry(reason: "no", at: .sampleEnd)))
            }
        }
        let run = try store.store.openRun("p")
        try store.store.submit([NewJob(item: "x"), NewJob(item: "y", runAt: due)], to: run)
        let recorder = Recorder(store: store, logger: PipelineFixture.logger)
        let steering = JobSteering(recorder: recorder, store: store)
        try await #expect(steering.cancelAll(pipeline: "p") == 2)
        try await #expect(store.counts(pipeline: "p") == JobCounts(cancelled: 2))
        await recorder.stop()
    }

    @Test("tries those again that were cancelled with a job, and none that somebody has cancelled since")
    func dependents() async throws {
        let store = MemoryJobStore()
        let run = try store.openRun("p")
        let root = try store.submit(NewJob(item: "root"), to: run)
        let first = try store.submit(NewJob(item: "first", after: [root]), to: run)
        let second = try store.submit(NewJob(item: "second", after: [first]), to: run)
        let other = try store.submit(NewJob(item: "other", after: [root]), to: run)
        let recorder = Recorder(store: store, logger: PipelineFixture.logger)
        let steering = JobSteering(recorder: recorder, store: store)
        _ = try await steering.cancel([root])
        // Its error still says that it was cancelled with the other one.
        _ = try await steering.retry([other])
        _ = try await steering.cancel([other])
        let changes = try await steering.retryWithDependents(root).get()
        #expect(changes.map(\.job) == [root, first, second])
        try await #expect(store.record(other).state == .cancelled)
        try await #expect(store.blockers(job: second) == [first])
        await recorder.stop()
    }

    @Test("leaves jobs alone that come meanwhile")
    func newJobs() async throws {
        let store = MovingStore(isAfterwards: true) { store in
            try store.submit([NewJob(item: "new")], to: Run(id: 1, pipeline: "p", items: nil, startedAt: .sampleStart))
        }
        let run = try store.store.openRun("p")
        try store.store.submit([NewJob(item: "x")], to: run)
        let recorder = Recorder(store: store, logger: PipelineFixture.logger)
        try await #expect(JobSteering(recorder: recorder, store: store).cancelAll(pipeline: "p") == 1)
        try await #expect(store.counts(pipeline: "p") == JobCounts(pending: 1, cancelled: 1))
        await recorder.stop()
    }
}
