import KataTestSupport
import KataTesting
import Logging
import Testing

@testable import Kata

@Suite("A recorder's backlog", .timeLimit(.minutes(10)))
struct RecorderBacklogTests {
    private let store = StepStore()
    private let executor = StepExecutor()

    @Test("makes consumers wait when it is full")
    func waitsWhenFull() async throws {
        let jobs = try await makeJobs(6)
        let (recorder, records) = try await recorderWithFullBacklog(jobs)
        let notes = Notes<Int>()
        let waiting = records.enumerated().map { index, record in
            Task(executorPreference: executor) {
                try await recorder.record(record)
                notes.add(index)
            }
        }
        executor.runUntilIdle()
        #expect(notes.all.isEmpty)
        store.letCommit()
        try await store.waitForTransaction(2)
        try await #expect(
            eventually {
                executor.runUntilIdle()
                return notes.all.count == 2
            })
        store.letAllCommit()
        try await #expect(
            eventually {
                executor.runUntilIdle()
                return notes.all.count == 3
            })
        #expect(notes.all == [0, 1, 2], "in the order in which they came")
        for task in waiting { try await task.value }
        await recorder.stop()
        try await #expect(store.lines() == (0..<6).map { "c1 | \($0)" })
    }

    @Test("takes the completion of a task that is cancelled while it waits for room")
    func cancelledWhileWaiting() async throws {
        let jobs = try await makeJobs(4)
        let (recorder, records) = try await recorderWithFullBacklog(jobs)
        let waiting = Task(executorPreference: executor) { try await recorder.record(records[0]) }
        executor.runUntilIdle()
        waiting.cancel()
        executor.runUntilIdle()
        store.letAllCommit()
        try await #expect(
            eventually {
                executor.runUntilIdle()
                return try await store.lines().count == 4
            })
        try await waiting.value
        await recorder.stop()
    }

    @Test("takes the completion and the write of a task that was cancelled before")
    func cancelledBefore() async throws {
        let jobs = try await makeJobs(1)
        store.letAllCommit()
        let recorder = makeRecorder()
        let task = Task(executorPreference: executor) {
            try await recorder.record(.sample(of: jobs[0]))
            try await recorder.perform { try $0.saveDrain(DrainReceipt(at: .sampleStart), of: "a") }
        }
        task.cancel()
        try await #expect(
            eventually {
                executor.runUntilIdle()
                return try await store.lastDrain(pipeline: "a") != nil
            })
        await recorder.stop()
        executor.runUntilIdle()
        try await task.value
        try await #expect(store.lines() == ["c1 | 0"])
    }

    @Test("is written before the recorder stops, even if the one who stops it is cancelled", arguments: [false, true])
    func stops(isCancelled: Bool) async throws {
        let jobs = try await makeJobs(50)
        let recorder = makeRecorder()
        try await recorder.record(.sample(of: jobs[0]))
        try await store.waitForTransaction(1)
        for job in jobs.dropFirst() { try await recorder.record(.sample(of: job)) }
        let stop = Task { await recorder.stop() }
        if isCancelled { stop.cancel() }
        store.letAllCommit()
        await stop.value
        try await #expect(store.lines().count == 50)
    }

    @Test("is written before the service ends that is cancelled")
    func serviceIsCancelled() async throws {
        let jobs = try await makeJobs(50)
        let recorder = makeRecorder()
        try await recorder.record(.sample(of: jobs[0]))
        try await store.waitForTransaction(1)
        for job in jobs.dropFirst() { try await recorder.record(.sample(of: job)) }
        let service = Task { try await recorder.run() }
        service.cancel()
        store.letAllCommit()
        try await service.value
        try await #expect(store.lines().count == 50)
    }

    @Test("takes nothing after the recorder was stopped")
    func closedAfterStop() async throws {
        let jobs = try await makeJobs(1)
        let recorder = makeRecorder()
        await recorder.stop()
        await recorder.stop()
        await #expect(throws: RecorderFailure.self) { try await recorder.record(.sample(of: jobs[0])) }
        await #expect(throws: RecorderFailure.self) { try await recorder.flush() }
        #expect(store.transactions == 0)
    }

    private func makeRecorder(backlog: Int = 4_096) -> Recorder {
        Recorder(store: store, backlog: backlog, logger: PipelineFixture.logger)
    }

    private func makeJobs(_ count: Int) async throws -> [Job] {
        try await store.memory.run("a", items: (0..<count).map(String.init)).jobs
    }

    /// A recorder with one completion in its transaction and two in its backlog, which is full with that.
    ///
    /// - Returns: the recorder, and the completions that are left.
    private func recorderWithFullBacklog(_ jobs: [Job]) async throws -> (Recorder, [Completion]) {
        let completions = jobs.map { Completion.sample(of: $0) }
        let recorder = makeRecorder(backlog: 2)
        try await recorder.record(completions[0])
        try await store.waitForTransaction(1)
        for completion in completions[1...2] { try await recorder.record(completion) }
        return (recorder, Array(completions.dropFirst(3)))
    }
}
