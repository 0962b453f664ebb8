import KataTestSupport
import KataTesting
import Logging
import Testing

@testable import Kata

@Suite("The recorder", .timeLimit(.minutes(10)))
struct RecorderTests {
    private let store = StepStore()
    private let executor = StepExecutor()

    @Test("acknowledges a write only after its commit")
    func acknowledgesAfterCommit() async throws {
        let recorder = makeRecorder()
        let notes = Notes<String>()
        let task = Task(executorPreference: executor) {
            let run = try await recorder.perform { try $0.startRun(pipeline: "a", items: 1, at: .sampleStart) }
            notes.add("run \(run.id)")
        }
        executor.runUntilIdle()
        try await store.waitForTransaction(1)
        executor.runUntilIdle()
        #expect(notes.all.isEmpty)
        try await #expect(store.latestRun(pipeline: "a") == nil)

        store.letCommit()
        try await #expect(
            eventually {
                executor.runUntilIdle()
                return notes.all == ["run 1"]
            })
        try await task.value
        try await #expect(store.latestRun(pipeline: "a")?.id == 1)
        await recorder.stop()
    }

    @Test("takes all that piled up during a commit into the next transaction")
    func groupCommit() async throws {
        let jobs = try await store.memory.run("a", items: (0..<100).map(String.init)).jobs
        let recorder = makeRecorder()
        try await recorder.record(.sample(of: jobs[0]))
        try await store.waitForTransaction(1)

        for job in jobs.dropFirst() { try await recorder.record(.sample(of: job)) }
        let operations = (0..<20).map { number in
            Task(executorPreference: executor) {
                try await recorder.perform { try $0.saveDrain(DrainReceipt(at: .sampleStart), of: "\(number)") }
            }
        }
        executor.runUntilIdle()
        store.letCommit(2)

        try await #expect(
            eventually {
                executor.runUntilIdle()
                return try await store.lastDrain(pipeline: "19") != nil
            })
        executor.runUntilIdle()
        #expect(store.transactions == 2)
        try await #expect(store.lines() == (0..<100).map { "c1 | \($0)" })
        await recorder.stop()
        executor.runUntilIdle()
        for operation in operations { try await operation.value }
    }

    @Test("puts at most 1,024 requests in one transaction")
    func batchLimit() async throws {
        let jobs = try await store.memory.run("a", items: (0...3_000).map(String.init)).jobs
        let recorder = makeRecorder()
        try await recorder.record(.sample(of: jobs[0]))
        try await store.waitForTransaction(1)
        for job in jobs.dropFirst() { try await recorder.record(.sample(of: job)) }
        var counts: [Int] = []
        for transaction in 2...4 {
            store.letCommit()
            try await store.waitForTransaction(transaction)
            counts.append(try await store.counts(pipeline: "a").done)
        }
        store.letAllCommit()
        await recorder.stop()
        #expect(counts == [1, 1_025, 2_049])
        try await #expect(store.counts(pipeline: "a") == JobCounts(done: 3_001))
    }

    @Test("keeps the order in which it was asked")
    func order() async throws {
        let jobs = try await store.memory.run("a", items: (0..<3_000).map(String.init)).jobs
        store.letAllCommit()
        let recorder = makeRecorder()
        for job in jobs.reversed() { try await recorder.record(.sample(of: job)) }
        try await recorder.flush()
        try await #expect(store.lines() == (0..<3_000).reversed().map { "c1 | \($0)" })
        await recorder.stop()
    }

    @Test("has everything on record that came before a flush")
    func flush() async throws {
        let jobs = try await store.memory.run("a", items: ["0", "1", "2"]).jobs
        store.letAllCommit()
        let recorder = makeRecorder()
        for job in jobs {
            try await recorder.record(.sample(of: job))
            try await recorder.flush()
            try await #expect(store.lines().last == "c1 | \(job.item)")
        }
        await recorder.stop()
    }

    @Test("goes on after a completion that came too late")
    func staleCompletion() async throws {
        let jobs = try await store.memory.run("a", items: ["0", "1"]).jobs
        store.letAllCommit()
        let recorder = makeRecorder()
        for job in [jobs[0], jobs[0], jobs[1], jobs[0]] { try await recorder.record(.sample(of: job)) }
        try await recorder.flush()
        try await #expect(store.lines() == ["c1 | 0", "c1 | 1"])
        await recorder.stop()
    }

    @Test("tells of its commits until it ends")
    func commits() async throws {
        let recorder = makeRecorder()
        let commits = recorder.commits()
        var iterator = commits.makeAsyncIterator()
        for _ in 1...3 {
            store.letCommit()
            try await recorder.flush()
            await #expect(iterator.next() != nil)
        }
        await recorder.stop()
        await #expect(iterator.next() == nil)
    }

    private func makeRecorder() -> Recorder {
        Recorder(store: store, logger: PipelineFixture.logger)
    }
}
