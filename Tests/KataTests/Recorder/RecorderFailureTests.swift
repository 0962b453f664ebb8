import KataTestSupport
import KataTesting
import Logging
import Testing

@testable import Kata

@Suite("What a recorder does about failures", .timeLimit(.minutes(10)))
struct RecorderFailureTests {
    private struct DiskFull: Error, CustomStringConvertible {
        var description: String { "the disk is full" }
    }

    private let store = StepStore()
    private let executor = StepExecutor()
    private let failure = RecorderFailure(reason: "the disk is full")

    @Test("a refusal fails only the caller that was refused")
    func refusal() async throws {
        let recorder = makeRecorder()
        // Something for the first transaction, so that the three share the second.
        let first = Task { try await recorder.flush() }
        try await store.waitForTransaction(1)
        let writes = ["a", "a", "b"].map { pipeline in
            Task(executorPreference: executor) {
                try await recorder.perform { try $0.startRun(pipeline: pipeline, items: 0, at: .sampleStart) }
            }
        }
        executor.runUntilIdle()
        store.letAllCommit()
        try await first.value
        await recorder.stop()
        executor.runUntilIdle()

        try await #expect(writes[0].value.pipeline == "a")
        await #expect(throws: StoreError.runUnfinished(pipeline: "a", run: 1)) { try await writes[1].value }
        try await #expect(writes[2].value.pipeline == "b")
        #expect(store.transactions == 2)
        try await #expect(store.latestRun(pipeline: "b")?.id == 2)
    }

    @Test("a refused caller has changed nothing, not even what it wrote before the refusal")
    func refusalChangesNothing() async throws {
        let (run, _) = try await store.memory.run("a", items: ["0"])
        store.letAllCommit()
        let recorder = makeRecorder()
        await #expect(throws: StoreError.self) {
            try await recorder.perform { transaction in
                try transaction.add(items: ["1"], to: run.id, progress: .exhausted, at: .sampleStart)
                _ = try transaction.startRun(pipeline: "a", items: 0, at: .sampleStart)
            }
        }
        await recorder.stop()
        try await #expect(store.counts(pipeline: "a") == JobCounts(pending: 1))
    }

    @Test("a store that fails fails everyone who waits, everyone who comes later, and the service")
    func storeFails() async throws {
        let jobs = try await store.memory.run("a", items: ["0", "1"]).jobs
        let recorder = makeRecorder()
        let service = Task { try await recorder.run() }
        let inTransaction = Task { try await recorder.flush() }
        try await store.waitForTransaction(1)
        let inBacklog = Task(executorPreference: executor) { try await recorder.flush() }
        executor.runUntilIdle()
        try await recorder.record(.sample(of: jobs[0]))
        store.fail(DiskFull())

        await #expect(throws: failure) { try await inTransaction.value }
        await #expect(throws: failure) { try await service.value }
        executor.runUntilIdle()
        await #expect(throws: failure) { try await inBacklog.value }
        await #expect(throws: failure) { try await recorder.record(.sample(of: jobs[1])) }
        await #expect(throws: failure) { try await recorder.flush() }
        await #expect(throws: failure) { try await recorder.run() }
        await recorder.stop()
        #expect(store.transactions == 1, "what failed is not tried again")
        try await #expect(store.lines().isEmpty)
    }

    @Test("a caller that waits for room in the backlog learns that the store failed")
    func storeFailsWhileBacklogIsFull() async throws {
        let jobs = try await store.memory.run("a", items: ["0", "1", "2"]).jobs
        let recorder = makeRecorder(backlog: 1)
        try await recorder.record(.sample(of: jobs[0]))
        try await store.waitForTransaction(1)
        try await recorder.record(.sample(of: jobs[1]))
        let waits = Task(executorPreference: executor) { try await recorder.record(.sample(of: jobs[2])) }
        executor.runUntilIdle()
        store.fail(DiskFull())
        await recorder.stop()
        executor.runUntilIdle()
        await #expect(throws: failure) { try await waits.value }
    }

    @Test("an error of a body that is no refusal is a failure of the store")
    func bodyFails() async throws {
        store.letAllCommit()
        let recorder = makeRecorder()
        await #expect(throws: failure) { try await recorder.perform { _ in throw DiskFull() } }
        await #expect(throws: failure) { try await recorder.flush() }
        await recorder.stop()
    }

    private func makeRecorder(backlog: Int = 4_096) -> Recorder {
        Recorder(store: store, backlog: backlog, logger: PipelineFixture.logger)
    }
}
