import KataTestSupport
import Testing

@testable import Kata

@Suite("A consumer's consumer", .timeLimit(.minutes(10)))
struct ConsumerTests {
    private let now = MonotonicInstant(nanoseconds: 1_000)
    private let consumer = Consumer(id: "c1")
    private let job = Job(id: 7, runID: 1, item: "x", attempt: 2)

    @Test(
        "cuts off the job in hand, and says why", arguments: [Consumer.Cut.cancelled, .timedOut(.seconds(1))])
    func cuts(cut: Consumer.Cut) async {
        let task = beginTask()
        begin(job)
        consumer.cut(7, attempt: 2, cut)
        await task.value
        #expect(consumer.cut == cut)
        #expect(consumer.end(isFinished: true) == cut)
    }

    @Test("keeps the first reason for a cut")
    func firstReason() async {
        let task = beginTask()
        begin(job)
        consumer.cut(7, attempt: 2, .timedOut(.seconds(1)))
        consumer.cut(7, attempt: 2, .cancelled)
        #expect(consumer.end(isFinished: true) == .timedOut(.seconds(1)))
        #expect(consumer.status(at: now).consumed == 1)
        await task.value
    }

    @Test("cuts off no other job, no other attempt, none that is not begun, and nothing when there is no job")
    func others() async {
        let task = beginTask()
        consumer.cut(7, attempt: 2, .cancelled)
        consumer.take(job)
        consumer.cut(7, attempt: 2, .cancelled)
        consumer.begin(isMarked: false, at: now)
        consumer.cut(8, attempt: 2, .cancelled)
        consumer.cut(7, attempt: 1, .cancelled)
        consumer.cut(7, attempt: 3, .cancelled)
        #expect(consumer.end(isFinished: true) == nil)
        consumer.cut(7, attempt: 2, .cancelled)
        #expect(!task.isCancelled)
        begin(job)
        #expect(consumer.end(isFinished: true) == nil, "a cut does not outlive its job")
        task.cancel()
        await task.value
    }

    @Test("leaves at once while it waits")
    func leaveWhileWaiting() async {
        let task = beginTask()
        #expect(consumer.beginWaiting())
        consumer.retire()
        await task.value
        #expect(!consumer.beginWaiting())
        #expect(consumer.leaves())
    }

    @Test("leaves after the job in hand, begun or not")
    func leaveAfterJob() async {
        let task = beginTask()
        #expect(consumer.beginWaiting())
        consumer.take(job)
        consumer.retire()
        #expect(!consumer.leaves())
        consumer.begin(isMarked: false, at: now)
        #expect(!consumer.leaves())
        #expect(!task.isCancelled)
        _ = consumer.end(isFinished: true)
        #expect(consumer.leaves())
        task.cancel()
        await task.value
    }

    @Test("puts back the job that it did not begin, once")
    func putBack() {
        #expect(!consumer.putBack())
        consumer.take(job)
        #expect(consumer.hasJob)
        #expect(consumer.putBack())
        #expect(!consumer.putBack())
        #expect(!consumer.hasJob)
    }

    @Test("shows the job in hand and counts what was finished")
    func status() {
        #expect(consumer.status(at: now) == .init(id: "c1", item: nil, jobID: nil, consumed: 0, progress: nil))
        consumer.take(job)
        #expect(consumer.status(at: now).item == nil, "it is not begun")
        consumer.begin(isMarked: false, at: now)
        let later = now.advanced(by: .seconds(3))
        #expect(
            consumer.status(at: later)
                == .init(id: "c1", item: "x", jobID: 7, consumed: 0, progress: nil, busyTime: .seconds(3)))
        _ = consumer.end(isFinished: true)
        #expect(consumer.status(at: now) == .init(id: "c1", item: nil, jobID: nil, consumed: 1, progress: nil))
        begin(job)
        _ = consumer.end(isFinished: false)
        #expect(consumer.status(at: now).consumed == 1)
    }

    @Test("tells once of a job that is in hand for so long, unless it was marked before")
    func unmarked() {
        #expect(consumer.takeUnmarked(olderThan: .zero, at: now) == nil)
        begin(job)
        #expect(consumer.takeUnmarked(olderThan: .seconds(3_600), at: now) == nil)
        #expect(consumer.takeUnmarked(olderThan: .zero, at: now) == 7)
        #expect(consumer.takeUnmarked(olderThan: .zero, at: now) == nil)
        _ = consumer.end(isFinished: true)
        begin(job, isMarked: true)
        #expect(consumer.takeUnmarked(olderThan: .zero, at: now) == nil)
    }

    private func begin(_ job: Job, isMarked: Bool = false) {
        consumer.take(job)
        consumer.begin(isMarked: isMarked, at: now)
    }

    /// Begins a task that ends by cancellation only.
    private func beginTask() -> Task<Void, Never> {
        let task = Task<Void, Never> {
            // It only throws when it is cancelled.
            try? await Latch().wait()
        }
        consumer.beginTask { task }
        return task
    }
}
