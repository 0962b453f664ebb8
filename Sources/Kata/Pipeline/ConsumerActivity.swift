import Synchronization

/// What one consumer is doing, for the status.
final class ConsumerActivity: Sendable {
    private struct State {
        var job: Job?
        var consumed = 0
    }

    let id: String
    private let state = Mutex(State())

    init(id: String) {
        self.id = id
    }

    func begin(_ job: Job) {
        state.withLock { $0.job = job }
    }

    func end(isFinished: Bool) {
        state.withLock { state in
            state.job = nil
            if isFinished { state.consumed += 1 }
        }
    }

    var status: PipelineStatus.Consumer {
        state.withLock { .init(id: id, item: $0.job?.item, consumed: $0.consumed) }
    }
}
