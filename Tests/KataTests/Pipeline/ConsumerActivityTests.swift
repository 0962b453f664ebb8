import KataTestSupport
import Testing

@testable import Kata

@Suite("A consumer's activity", .timeLimit(.minutes(1)))
struct ConsumerActivityTests {
    private let activity = ConsumerActivity(id: "c1")
    private let job = Job(id: 7, runID: 1, item: "x", attempt: 2)

    @Test(
        "cuts off the job in hand, and says why", arguments: [ConsumerActivity.Cut.cancelled, .timedOut(.seconds(1))])
    func cuts(cut: ConsumerActivity.Cut) async {
        let shift = beginShift()
        begin(job)
        activity.cut(7, attempt: 2, cut)
        await shift.value
        #expect(activity.cut == cut)
        #expect(activity.end(isFinished: true) == cut)
    }

    @Test("keeps the first reason for a cut")
    func firstReason() async {
        let shift = beginShift()
        begin(job)
        activity.cut(7, attempt: 2, .timedOut(.seconds(1)))
        activity.cut(7, attempt: 2, .cancelled)
        #expect(activity.end(isFinished: true) == .timedOut(.seconds(1)))
        #expect(activity.status.consumed == 1)
        await shift.value
    }

    @Test("cuts off no other job, no other attempt, none that is not begun, and nothing when there is no job")
    func others() async {
        let shift = beginShift()
        activity.cut(7, attempt: 2, .cancelled)
        activity.take(job)
        activity.cut(7, attempt: 2, .cancelled)
        activity.begin(isMarked: false)
        activity.cut(8, attempt: 2, .cancelled)
        activity.cut(7, attempt: 1, .cancelled)
        activity.cut(7, attempt: 3, .cancelled)
        #expect(activity.end(isFinished: true) == nil)
        activity.cut(7, attempt: 2, .cancelled)
        #expect(!shift.isCancelled)
        begin(job)
        #expect(activity.end(isFinished: true) == nil, "a cut does not outlive its job")
        shift.cancel()
        await shift.value
    }

    @Test("leaves at once while it waits")
    func leaveWhileWaiting() async {
        let shift = beginShift()
        #expect(activity.beginWaiting())
        activity.retire()
        await shift.value
        #expect(!activity.beginWaiting())
        #expect(activity.leaves())
    }

    @Test("leaves after the job in hand, begun or not")
    func leaveAfterJob() async {
        let shift = beginShift()
        #expect(activity.beginWaiting())
        activity.take(job)
        activity.retire()
        #expect(!activity.leaves())
        activity.begin(isMarked: false)
        #expect(!activity.leaves())
        #expect(!shift.isCancelled)
        _ = activity.end(isFinished: true)
        #expect(activity.leaves())
        shift.cancel()
        await shift.value
    }

    @Test("puts back the job that it did not begin, once")
    func putBack() {
        #expect(!activity.putBack())
        activity.take(job)
        #expect(activity.hasJob)
        #expect(activity.putBack())
        #expect(!activity.putBack())
        #expect(!activity.hasJob)
    }

    @Test("shows the job in hand and counts what was finished")
    func status() {
        #expect(activity.status == .init(id: "c1", item: nil, jobID: nil, consumed: 0, progress: nil))
        activity.take(job)
        #expect(activity.status.item == nil, "it is not begun")
        activity.begin(isMarked: false)
        #expect(activity.status == .init(id: "c1", item: "x", jobID: 7, consumed: 0, progress: nil))
        _ = activity.end(isFinished: true)
        #expect(activity.status == .init(id: "c1", item: nil, jobID: nil, consumed: 1, progress: nil))
        begin(job)
        _ = activity.end(isFinished: false)
        #expect(activity.status.consumed == 1)
    }

    @Test("tells once of a job that is in hand for so long, unless it was marked before")
    func unmarked() {
        #expect(activity.takeUnmarked(olderThan: .zero) == nil)
        begin(job)
        #expect(activity.takeUnmarked(olderThan: .seconds(3_600)) == nil)
        #expect(activity.takeUnmarked(olderThan: .zero) == 7)
        #expect(activity.takeUnmarked(olderThan: .zero) == nil)
        _ = activity.end(isFinished: true)
        begin(job, isMarked: true)
        #expect(activity.takeUnmarked(olderThan: .zero) == nil)
    }

    private func begin(_ job: Job, isMarked: Bool = false) {
        activity.take(job)
        activity.begin(isMarked: isMarked)
    }

    /// Begins a task that ends by cancellation only.
    private func beginShift() -> Task<Void, Never> {
        let shift = Task<Void, Never> {
            // It only throws when it is cancelled.
            try? await Signal().wait()
        }
        activity.beginShift { shift }
        return shift
    }
}
