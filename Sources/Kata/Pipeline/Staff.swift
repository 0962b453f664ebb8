import Synchronization

/// The consumers of a session, whose number may change while they work.
final class Staff: Sendable {
    private struct State {
        /// In order; those that are to leave and have not left yet come last.
        var activities: [ConsumerActivity] = []
        /// Those that have not begun to work.
        var recruits: [ConsumerActivity] = []
        /// How many there are to be.
        var target: Int
        /// Whether a consumer has seen the end of the queue, so that there is no use for more.
        var isOver = false
    }

    private let state: Mutex<State>
    private let bell = Doorbell()

    /// - Parameter count: how many consumers there are.
    init(count: Int) {
        state = Mutex(State(target: 0))
        scale(to: count)
    }

    /// All that work or are to work.
    var activities: [ConsumerActivity] { state.withLock { $0.activities } }

    var count: Int { state.withLock { $0.target } }

    /// Changes how many consumers there are. Those that are too many leave once they are done with the job in hand.
    func scale(to count: Int) {
        let leaving: [ConsumerActivity] = state.withLock { state in
            let old = state.target
            state.target = count
            if count <= old {
                let names = Set(((count + 1)...max(count + 1, old)).map(ConsumerID.make))
                return state.activities.filter { names.contains($0.id) }
            }
            let leaving = Dictionary(grouping: state.activities.filter(\.isRetired), by: \.id)
            for number in (old + 1)...count {
                let id = ConsumerID.make(number)
                // One that was about to leave stays.
                if leaving[id]?.contains(where: { $0.stay() }) ?? false { continue }
                let activity = ConsumerActivity(id: id)
                state.activities.append(activity)
                state.recruits.append(activity)
            }
            return []
        }
        for activity in leaving { activity.retire() }
        bell.ring()
    }

    /// A consumer works no more.
    func left(_ activity: ConsumerActivity) {
        state.withLock { state in
            if activity.isRetired {
                state.activities.removeAll { $0 === activity }
            } else {
                state.isOver = true
            }
        }
        bell.ring()
    }

    /// Consumers that are to begin, as they come, until there is no use for more.
    func recruits() -> Recruits { Recruits(staff: self) }

    struct Recruits: AsyncSequence, AsyncIteratorProtocol {
        fileprivate let staff: Staff

        func makeAsyncIterator() -> Recruits { self }

        mutating func next() async -> ConsumerActivity? {
            while true {
                let (recruit, isOver) = staff.state.withLock { state in
                    (state.recruits.isEmpty || state.isOver ? nil : state.recruits.removeFirst(), state.isOver)
                }
                if let recruit { return recruit }
                if isOver { return nil }
                do {
                    try await staff.bell.wait()
                } catch {
                    // Cut off, and the consumers with it.
                    return nil
                }
            }
        }
    }
}
