import KataTestSupport
import Testing

@testable import Kata

/// Requests for all jobs of a pipeline, while these go from state to state.
@Suite("Steering all jobs of a pipeline", .timeLimit(.minutes(10)))
struct JobSteeringTests {
    /// Lets a test change a job just before the jobs in some state are read.
    private final class MovingStore: JobStore, ForwardingReader {
        let store = MemoryJobStore()
        var reader: any JobStoreReader { store }
        let state: JobState
        let move: @Sendable (MemoryJobStore) throws -> Void
        let hasMoved = Latch()

        init(before state: JobState, _ move: @escaping @Sendable (MemoryJobStore) throws -> Void) {
            self.state = state
            self.move = move
        }

        func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
            try store.transaction(body)
        }

        func jobIDs(pipeline: String, state: JobState, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
            if state == self.state && !hasMoved.isOpen {
                hasMoved.open()
                try move(store)
            }
            return try await store.jobIDs(pipeline: pipeline, state: state, after: id, limit: limit)
        }
    }

    @Test("cancels a job that goes to another state meanwhile", arguments: JobState.allCases.filter { !$0.isFinal })
    func moving(before state: JobState) async throws {
        let due = Timestamp.sample(after: .seconds(1))
        let store = MovingStore(before: state) { store in
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
        let store = MovingStore(before: .waiting) { store in
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
