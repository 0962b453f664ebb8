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
        let shift = shift()
        activity.beginShift(shift)
        activity.begin(job, isMarked: false)
        activity.cut(7, attempt: 2, cut)
        await #expect(throws: CancellationError.self) { try await shift.value }
        #expect(activity.cut == cut)
        #expect(activity.end(isFinished: true) == cut)
    }

    @Test("keeps the first reason for a cut")
    func firstReason() async {
        let shift = shift()
        activity.beginShift(shift)
        activity.begin(job, isMarked: false)
        activity.cut(7, attempt: 2, .timedOut(.seconds(1)))
        activity.cut(7, attempt: 2, .cancelled)
        #expect(activity.end(isFinished: true) == .timedOut(.seconds(1)))
        #expect(activity.status.consumed == 1)
        _ = await shift.result
    }

    @Test("cuts off no other job, no other attempt, and nothing when there is no job")
    func others() async {
        let shift = shift()
        activity.beginShift(shift)
        activity.cut(7, attempt: 2, .cancelled)
        activity.begin(job, isMarked: false)
        activity.cut(8, attempt: 2, .cancelled)
        activity.cut(7, attempt: 1, .cancelled)
        activity.cut(7, attempt: 3, .cancelled)
        #expect(activity.end(isFinished: true) == nil)
        activity.cut(7, attempt: 2, .cancelled)
        #expect(!shift.isCancelled)
        activity.begin(job, isMarked: false)
        #expect(activity.end(isFinished: true) == nil, "a cut does not outlive its job")
        shift.cancel()
        _ = await shift.result
    }

    @Test("cuts off a job that was begun before its task was told")
    func cutBeforeShift() async {
        activity.begin(job, isMarked: false)
        activity.cut(7, attempt: 2, .cancelled)
        let shift = shift()
        activity.beginShift(shift)
        // The task is cancelled as soon as it is known.
        #expect(shift.isCancelled)
        shift.cancel()
        _ = await shift.result
    }

    @Test("shows the job in hand and counts what was finished")
    func status() {
        #expect(activity.status == .init(id: "c1", item: nil, jobID: nil, consumed: 0, progress: nil))
        activity.begin(job, isMarked: false)
        #expect(activity.status == .init(id: "c1", item: "x", jobID: 7, consumed: 0, progress: nil))
        _ = activity.end(isFinished: true)
        #expect(activity.status == .init(id: "c1", item: nil, jobID: nil, consumed: 1, progress: nil))
        activity.begin(job, isMarked: false)
        _ = activity.end(isFinished: false)
        #expect(activity.status.consumed == 1)
    }

    @Test("tells once of a job that is in hand for so long, unless it was marked before")
    func unmarked() {
        #expect(activity.takeUnmarked(olderThan: .zero) == nil)
        activity.begin(job, isMarked: false)
        #expect(activity.takeUnmarked(olderThan: .seconds(3_600)) == nil)
        #expect(activity.takeUnmarked(olderThan: .zero) == 7)
        #expect(activity.takeUnmarked(olderThan: .zero) == nil)
        _ = activity.end(isFinished: true)
        activity.begin(job, isMarked: true)
        #expect(activity.takeUnmarked(olderThan: .zero) == nil)
    }

    /// A task that ends by cancellation only.
    private func shift() -> Task<Consumer.ShiftEnd, any Error> {
        Task {
            try await Signal().wait()
            return .over
        }
    }
}
