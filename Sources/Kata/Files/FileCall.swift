import Synchronization

/// A piece of work of a ``FileThread``, whatever its result is.
protocol FileWork: AnyObject, Sendable {
    var path: String { get }
    /// Does it, unless nobody waits for it any more.
    func run()
    /// Has whoever waits wait no longer.
    func giveUp(because error: any Error)
}

/// A piece of work of a ``FileThread``, and the task that waits for it.
final class FileCall<Success: Sendable>: FileWork {
    private struct State: WaitingState {
        var result: Result<Success, any Error>?
        var waiters = Waiters<Result<Success, any Error>>()
    }

    let path: String
    private let body: @Sendable () throws -> Success
    private let state = Mutex(State())

    init(path: String, body: @escaping @Sendable () throws -> Success) {
        self.path = path
        self.body = body
    }

    func run() {
        if state.withLock({ $0.result != nil }) { return }
        end(Result { try body() })
    }

    func giveUp(because error: any Error) {
        end(.failure(error))
    }

    /// - Throws: what the work threw, or why it was given up; `CancellationError` if the task is cancelled first.
    func result() async throws -> Success {
        let result: Result<Success, any Error>
        do {
            result = try await state.wait { $0.result }
        } catch {
            giveUp(because: error)
            throw error
        }
        return try result.get()
    }

    private func end(_ result: Result<Success, any Error>) {
        let waiters = state.withLock { state in
            if state.result == nil { state.result = result }
            return state.waiters.removeAll()
        }
        for waiter in waiters { waiter.resume(returning: result) }
    }
}
