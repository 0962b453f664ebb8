import Kata
import Synchronization

/// Answers that many ask for at the same moment, made once: those of a job that a thousand clients have waited for.
final class SharedAnswers: Sendable {
    /// An answer that is being made.
    private final class Making: Sendable {
        let isOver = Latch()
        /// `nil` as long as it is not made, and where it could not be.
        let answer = Mutex<HTTPResponse?>(nil)
    }

    private let makings = Mutex<[Job.ID: Making]>([:])

    /// The answer about a job: that which is being made by now, or else a new one.
    ///
    /// - Throws: what `make` threw, to those for whom it was called; `CancellationError`.
    func answer(about job: Job.ID, _ make: () async throws -> HTTPResponse) async throws -> HTTPResponse {
        let (making, isOwn) = makings.withLock { makings in
            if let making = makings[job] { return (making, false) }
            let making = Making()
            makings[job] = making
            return (making, true)
        }
        guard isOwn else {
            try await making.isOver.wait()
            if let answer = making.answer.withLock({ $0 }) { return answer }
            // Whoever was to make it may have been cut off.
            return try await make()
        }
        defer {
            makings.withLock { $0[job] = nil }
            making.isOver.open()
        }
        let answer = try await make()
        making.answer.withLock { $0 = answer }
        return answer
    }
}
