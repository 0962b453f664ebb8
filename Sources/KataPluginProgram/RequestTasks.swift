import Synchronization

/// The tasks of requests that are not answered yet, by the request's number.
final class RequestTasks: Sendable {
    private let tasks = Mutex<[UInt64: Task<Void, Never>]>([:])

    /// Begins a request in a task of its own.
    func begin(_ request: UInt64, _ body: @escaping @Sendable () async -> Void) {
        // Detached, because whoever reads the requests has nothing to hand down; and within the lock, so that a task that is done at
        // once finds itself there.
        tasks.withLock { tasks in
            tasks[request] = Task.detached { [self] in
                await body()
                self.tasks.withLock { $0[request] = nil }
            }
        }
    }

    /// Cancels a request's task, unless it was answered already.
    func cancel(_ request: UInt64) {
        tasks.withLock { $0[request] }?.cancel()
    }

    /// Cancels the tasks of all requests.
    func cancelAll() {
        for task in tasks.withLock({ Array($0.values) }) { task.cancel() }
    }
}
