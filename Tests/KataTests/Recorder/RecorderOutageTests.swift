import KataTestSupport
import KataTesting
import Logging
import Synchronization
import Testing

@testable import Kata

@Suite("A recorder whose store takes no writes", .timeLimit(.minutes(10)))
struct RecorderOutageTests {
    private static let full = StoreFailure(.full, "no space")
    private let store = MemoryJobStore()
    private let fault = Fault()

    /// What the next transactions fail with.
    private final class Fault: Sendable {
        private let failure = Mutex<(any Error)?>(nil)

        func set(_ failure: (any Error)?) { self.failure.withLock { $0 = failure } }
        func throwIfSet() throws { if let failure = failure.withLock({ $0 }) { throw failure } }
    }

    @Test("keeps what was finished, refuses what does not wait, and goes on once it does")
    func outlasts() async throws {
        let jobs = try await store.run("a", items: ["0", "1", "2"]).jobs
        let states = Notes<String>()
        let recorder = makeRecorder { states.add($0?.failure.cause.name ?? "ok") }
        fault.set(Self.full)
        for job in jobs { try await recorder.record(.sample(of: job)) }
        try await #require(eventually { recorder.outage?.waiting == 3 })
        #expect(recorder.outage?.failure == Self.full)
        await #expect(throws: Self.full) { try await recorder.perform(waits: false) { _ in } }
        let progress = recorder.progress
        let steps = progress.read().steps
        try await #require(eventually { progress.read().steps > steps }, "waiting for the store is no hang")
        // Not a child of this test: where an expectation fails before, nobody could wait for it any more.
        let waiting = Task { try await recorder.perform { try $0.saveDrain(DrainReceipt(at: .sampleStart), of: "a") } }
        fault.set(StoreFailure(.locked, "locked"))
        try await #require(eventually { recorder.outage?.failure.cause == .locked })
        try await #expect(store.lines().isEmpty)

        fault.set(nil)
        try await waiting.value
        try await #expect(store.lines() == ["c1 | 0", "c1 | 1", "c1 | 2"])
        #expect(recorder.outage == nil)
        #expect(states.all == ["full", "locked", "ok"], "each change is told once")
        try await recorder.perform(waits: false) { _ in }
        await recorder.stop()
    }

    @Test("finds out by itself that it takes writes again, even if nothing waits")
    func checks() async throws {
        let recorder = makeRecorder()
        fault.set(Self.full)
        await #expect(throws: Self.full) { try await recorder.perform(waits: false) { _ in } }
        #expect(recorder.outage?.waiting == 0)
        fault.set(nil)
        try await #expect(eventually { recorder.outage == nil })
        await recorder.stop()
    }

    @Test("fails once its patience is over, or nobody has any left", arguments: [false, true])
    func givesUp(isEnded: Bool) async throws {
        let jobs = try await store.run("a", items: ["0"]).jobs
        let recorder = makeRecorder(limit: isEnded ? .seconds(3_600) : .milliseconds(20))
        fault.set(Self.full)
        try await recorder.record(.sample(of: jobs[0]))
        // Not a child of this test, as above.
        let waiting = Task { try await recorder.flush() }
        if isEnded {
            try await #require(eventually { recorder.outage != nil })
            recorder.endPatience()
        }
        let failure = RecorderFailure(reason: "no space")
        await #expect(throws: failure) { try await recorder.run() }
        await #expect(throws: failure) { try await waiting.value }
        await #expect(throws: failure) { try await recorder.record(.sample(of: jobs[0])) }
    }

    @Test("answers nothing of a commit that is undecided before another commit has settled it")
    func undecided() async throws {
        let recorder = makeRecorder()
        fault.set(StoreFailure(.failing, "no sync", isUndecided: true))
        let answer = Notes<String>()
        // Not a child of this test, as above.
        let submit = Task {
            do {
                try await recorder.perform(waits: false) { try $0.saveDrain(DrainReceipt(at: .sampleStart), of: "a") }
                answer.add("kept")
            } catch {
                answer.add("\(error)")
            }
        }
        try await #require(eventually { recorder.outage != nil })
        // What failed otherwise in the meantime does not tell what became of the first commit.
        fault.set(Self.full)
        try await #require(eventually { recorder.outage?.failure == Self.full })
        await #expect(throws: Self.full) { try await recorder.perform(waits: false) { _ in } }
        let progress = recorder.progress
        let steps = progress.read().steps
        try await #require(eventually { progress.read().steps > steps })
        #expect(answer.all.isEmpty)
        fault.set(nil)
        await submit.value
        #expect(answer.all == ["kept"])
        try await #expect(store.lastDrain(pipeline: "a") != nil)
        await recorder.stop()
    }

    @Test("fails at once where what was written last may be lost")
    func lost() async throws {
        let recorder = makeRecorder()
        fault.set(StoreFailure(.lost, "gone"))
        await #expect(throws: RecorderFailure(reason: "gone")) { try await recorder.flush() }
        fault.set(nil)
        await #expect(throws: RecorderFailure(reason: "gone")) { try await recorder.flush() }
    }

    @Test("records what waits when it is stopped meanwhile")
    func stopped() async throws {
        let jobs = try await store.run("a", items: ["0"]).jobs
        let recorder = makeRecorder()
        fault.set(Self.full)
        try await recorder.record(.sample(of: jobs[0]))
        try await #require(eventually { recorder.outage?.waiting == 1 })
        let stop = Task { await recorder.stop() }
        try await #require(
            eventually {
                do {
                    try await recorder.perform(waits: false) { _ in }
                } catch is RecorderFailure {
                    return true
                } catch is StoreFailure {
                    // It was not stopped yet.
                }
                return false
            })
        try await #expect(store.lines().isEmpty)
        fault.set(nil)
        await stop.value
        try await #expect(store.lines() == ["c1 | 0"])
    }

    @Test("lets no job begin until it does, or a drain begins")
    func availability() async throws {
        let availability = StoreAvailability()
        let drain = Latch()
        #expect(try await availability.pass(unless: drain))
        #expect(availability.fail(Self.full, waiting: 0, at: .sampleStart) == .began)
        #expect(availability.fail(StoreFailure(.locked, "locked"), waiting: 0, at: .sampleStart) == .otherCause)
        #expect(availability.fail(Self.full, waiting: 0, at: .sampleStart) == .otherCause)
        #expect(availability.fail(Self.full, waiting: 7, at: .sampleStart) == .none)
        #expect(availability.outage == StoreOutage(failure: Self.full, since: .sampleStart, waiting: 7))
        let passed = Notes<Bool>()
        let executor = StepExecutor()
        let pass = Task(executorPreference: executor) { passed.add(try await availability.pass(unless: drain)) }
        executor.runUntilIdle()
        #expect(passed.all.isEmpty)
        availability.recover()
        executor.runUntilIdle()
        #expect(passed.all == [true])
        try await pass.value
        availability.fail(Self.full, waiting: 0, at: .sampleStart)
        async let drained = availability.pass(unless: drain)
        drain.open()
        #expect(try await !drained)
    }

    private func makeRecorder(
        limit: Duration = .seconds(3_600), onOutage: @escaping @Sendable (StoreOutage?) -> Void = { _ in }
    ) -> Recorder {
        Recorder(
            store: SpyStore(store) { [fault] in try fault.throwIfSet() },
            patience: StorePatience(interval: .milliseconds(1), limit: limit), logger: PipelineFixture.logger,
            onOutage: onOutage)
    }
}
