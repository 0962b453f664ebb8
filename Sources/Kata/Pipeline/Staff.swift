import Synchronization

/// The consumers of a session, whose number may change while they work.
///
/// Each works in a task of its own that a job can be cut off with. A task that was cancelled takes no other job: the
/// consumer goes on in the next one. A task for each job would cost more than a quick handler.
final class Staff: Sendable {
    /// Why a consumer's task ends.
    enum ShiftEnd: Sendable {
        /// There is nothing more to do.
        case over
        /// The task was cancelled: a job was cut off, or the consumer was to leave while it waited.
        case cut
    }

    /// What a consumer does in a task.
    typealias Shift = @Sendable (ConsumerActivity) async throws -> ShiftEnd

    private enum Phase {
        case preparing
        case working(Shift)
        /// A consumer has seen the end of the queue, so that there is no use for more.
        case finishing
        /// All are to end at once.
        case givenUp
    }

    private struct State {
        var phase = Phase.preparing
        /// In order; those that are to leave and have not left yet come last.
        var activities: [ConsumerActivity] = []
        /// How many there are to be.
        var target = 0
        /// How many have not ended.
        var working = 0
        /// Jobs that were in hand and not begun when all were given up.
        var heldBack = 0
        var failure: (any Error)?

        /// - Returns: those that are to begin.
        mutating func add(_ numbers: ClosedRange<Int>) -> [ConsumerActivity] {
            let leaving = Dictionary(grouping: activities.filter(\.isRetired), by: \.id)
            let added = numbers.map(ConsumerID.make)
                // One that was about to leave stays.
                .filter { id in !(leaving[id]?.contains { $0.stay() } ?? false) }
                .map(ConsumerActivity.init)
            activities += added
            return added
        }
    }

    private let state = Mutex(State())
    private let allEnded = Signal()

    /// - Parameter count: how many consumers there are.
    init(count: Int) {
        scale(to: count)
    }

    /// All that work or are to work.
    var activities: [ConsumerActivity] { state.withLock { $0.activities } }

    var count: Int { state.withLock { $0.target } }

    /// Has all work, and those that are added, until they have ended. If the task is cancelled, they are given up: their
    /// tasks are cancelled as well, and no more follow.
    ///
    /// - Returns: how many jobs were in hand and not begun when they were given up.
    /// - Throws: what a shift threw. The others are given up by that.
    func work(_ shift: @escaping Shift) async throws -> Int {
        let activities = state.withLock { state in
            state.phase = .working(shift)
            state.working = state.activities.count
            return state.activities
        }
        for activity in activities { begin(activity, shift) }
        await withTaskCancellationHandler {
            // Out of reach of cancellation, which is all that can end the wait early: those that are given up are waited for.
            await Task { [allEnded] in try? await allEnded.wait() }.value
        } onCancel: {
            giveUp()
        }
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.heldBack
        }
    }

    /// Changes how many consumers there are. Those that are too many leave once they are done with the job in hand.
    func scale(to count: Int) {
        var leaving: [ConsumerActivity] = []
        var beginning: [ConsumerActivity] = []
        let shift: Shift? = state.withLock { state in
            let old = state.target
            state.target = count
            if count > old {
                beginning = state.add((old + 1)...count)
            } else {
                let names = Set(((count + 1)...max(count + 1, old)).map(ConsumerID.make))
                leaving = state.activities.filter { names.contains($0.id) }
            }
            guard case .working(let shift) = state.phase else { return nil }
            state.working += beginning.count
            return shift
        }
        for activity in leaving { activity.retire() }
        guard let shift else { return }
        for activity in beginning { begin(activity, shift) }
    }

    private func begin(_ activity: ConsumerActivity, _ shift: @escaping Shift) {
        activity.beginShift {
            // Not a child task, because only a task of one's own can be cancelled with its job. `work` waits for the last.
            Task {
                do {
                    switch try await shift(activity) {
                    case .cut where !isGivenUp && !activity.leaves(): begin(activity, shift)
                    case .cut, .over: left(activity)
                    }
                } catch {
                    state.withLock { $0.failure = $0.failure ?? error }
                    giveUp()
                    left(activity)
                }
            }
        }
        // They may have been given up before this one could be seen.
        if isGivenUp { activity.cutShift() }
    }

    /// A consumer works no more.
    private func left(_ activity: ConsumerActivity) {
        let isLast = state.withLock { state in
            state.working -= 1
            if activity.putBack() { state.heldBack += 1 }
            if activity.isRetired {
                state.activities.removeAll { $0 === activity }
            } else if case .working = state.phase {
                state.phase = .finishing
            }
            return state.working == 0
        }
        if isLast { allEnded.fire() }
    }

    private var isGivenUp: Bool {
        state.withLock { state in
            switch state.phase {
            case .preparing, .working, .finishing: false
            case .givenUp: true
            }
        }
    }

    private func giveUp() {
        let activities = state.withLock { state in
            state.phase = .givenUp
            return state.activities
        }
        for activity in activities { activity.cutShift() }
    }
}
