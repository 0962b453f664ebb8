import Kata
import Synchronization

/// Tells who answers a request, and takes long, that the client is gone.
final class ConnectionEnd: Sendable {
    private struct State {
        var isOver = false
        /// That of the request which is being answered.
        var latch: Latch?
    }

    private let state = Mutex(State())

    /// To be called when the connection is closed.
    func over() {
        let latch = state.withLock { state in
            state.isOver = true
            return state.latch
        }
        latch?.open()
    }

    /// Has the latch opened if the connection is closed while `body` runs, or was before. One request is answered at a time.
    func opening<Result>(
        _ latch: Latch, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async rethrows -> Result {
        let isOver = state.withLock { state in
            state.latch = latch
            return state.isOver
        }
        if isOver { latch.open() }
        defer { state.withLock { $0.latch = nil } }
        return try await body()
    }
}
