import Synchronization

/// The consumers of a session, whose number may change while they work.
///
/// Each consumer works in a task of its own, and a job is cut off by cancelling that task. A task that was cancelled
/// takes no other job: the consumer goes on in another task. A task for each job would cost more than a quick handler.
final class ConsumerPool: Sendable {
    /// Why a consumer's task ends.
    enum TaskEnd: Sendable {
        /// There is nothing more to do.
        case over
        /// The task was cancelled: a job was cut off, or the consumer was to leave while it waited.
        case cut
    }

    /// What a consumer does in a task.
    typealias Work = @Sendable (Consumer) async throws -> TaskEnd

    private enum Phase {
        case preparing
        case working(Work)
        /// A consumer has seen the end of the queue, so that there is no use for more.
        case finishing
        /// All consumers are to end at once.
        case givenUp
    }

    private struct State {
        var phase = Phase.preparing
        /// In order; consumers that are to leave and have not left yet come last.
        var consumers: [Consumer] = []
        /// How many consumers there are to be.
        var target = 0
        /// How many consumers have not ended.
        var working = 0
        /// Jobs that were in hand and not begun when a consumer ended.
        var heldBack = 0
        var failure: (any Error)?

        /// - Returns: the consumers that are to begin.
        mutating func add(_ numbers: ClosedRange<Int>, node: String?) -> [Consumer] {
            let leaving = Dictionary(grouping: consumers.filter(\.isRetired), by: \.id)
            let added = numbers.map { ConsumerID.make($0, node: node) }
                // A consumer that was about to leave stays.
                .filter { id in !(leaving[id]?.contains { $0.stay() } ?? false) }
                .map(Consumer.init)
            consumers += added
            return added
        }
    }

    private let node: String?
    private let executor: (any TaskExecutor)?
    private let state = Mutex(State())
    private let allEnded = Latch()

    /// - Parameters:
    ///   - count: how many consumers there are.
    ///   - node: the node that they are of; `nil` where a daemon has its store for itself.
    ///   - executor: where they work.
    init(count: Int, node: String? = nil, executor: (any TaskExecutor)? = nil) {
        self.node = node
        self.executor = executor
        scale(to: count)
    }

    /// The consumers that work or are to work.
    var consumers: [Consumer] { state.withLock { $0.consumers } }

    /// How many consumers there are to be.
    var count: Int { state.withLock { $0.target } }

    /// Has all consumers work, including any that are added, until they have ended. If the task is cancelled, the
    /// consumers are given up: their tasks are cancelled as well, and no more follow.
    ///
    /// - Returns: how many jobs were in hand and not begun when the consumers ended.
    /// - Throws: what the work of one consumer threw. The others are given up by that.
    func run(_ work: @escaping Work) async throws -> Int {
        let consumers = state.withLock { state in
            state.phase = .working(work)
            state.working = state.consumers.count
            return state.consumers
        }
        for consumer in consumers { begin(consumer, work) }
        await withTaskCancellationHandler {
            // Out of reach of cancellation, which is all that can end the wait early: given-up consumers are waited
            // for.
            await allEnded.waitIgnoringCancellation()
        } onCancel: {
            giveUp()
        }
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.heldBack
        }
    }

    /// Changes how many consumers there are. Consumers that are too many leave once they are done with the job in hand.
    func scale(to count: Int) {
        var leaving: [Consumer] = []
        var beginning: [Consumer] = []
        let work: Work? = state.withLock { state in
            let old = state.target
            state.target = count
            if count > old {
                beginning = state.add((old + 1)...count, node: node)
            } else {
                let names = Set(((count + 1)...max(count + 1, old)).map { ConsumerID.make($0, node: node) })
                leaving = state.consumers.filter { names.contains($0.id) }
            }
            guard case .working(let work) = state.phase else { return nil }
            state.working += beginning.count
            return work
        }
        for consumer in leaving { consumer.retire() }
        guard let work else { return }
        for consumer in beginning { begin(consumer, work) }
    }

    /// Cuts off an attempt at a job if a consumer's handler has it.
    ///
    /// - Returns: whether one has.
    @discardableResult
    func cut(_ job: Job.ID, attempt: Int, _ cut: Consumer.Cut) -> Bool {
        consumers.contains { $0.cut(job, attempt: attempt, cut) }
    }

    private func begin(_ consumer: Consumer, _ work: @escaping Work) {
        consumer.beginTask {
            // Not a child task, because only a task of one's own can be cancelled with its job. `run` waits for the
            // last consumer.
            Task(executorPreference: executor) { [self] in
                do {
                    switch try await work(consumer) {
                    case .cut where !isGivenUp && !consumer.leaves(): begin(consumer, work)
                    case .cut, .over: left(consumer)
                    }
                } catch {
                    state.withLock { $0.failure = $0.failure ?? error }
                    giveUp()
                    left(consumer)
                }
            }
        }
        // The consumers may have been given up before the task of this one could be seen.
        if isGivenUp { consumer.cancelTask() }
    }

    /// Takes in that a consumer works no more.
    private func left(_ consumer: Consumer) {
        let isLast = state.withLock { state in
            state.working -= 1
            if consumer.putBack() { state.heldBack += 1 }
            if consumer.isRetired {
                state.consumers.removeAll { $0 === consumer }
            } else if case .working = state.phase {
                state.phase = .finishing
            }
            return state.working == 0
        }
        if isLast { allEnded.open() }
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
        let consumers = state.withLock { state in
            state.phase = .givenUp
            return state.consumers
        }
        for consumer in consumers { consumer.cancelTask() }
    }
}
