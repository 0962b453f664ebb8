import Dispatch
import Synchronization

/// What is asked of files while a configuration is read: it blocks, but not for long where nothing answers.
package enum FileQuestion {
    /// How long the first answer is waited for. While one is still to come, the next ones have less time: most likely they are
    /// about the same file system, and many pipelines may use it.
    private static let patience = DispatchTimeInterval.seconds(3)
    private static let shortPatience = DispatchTimeInterval.milliseconds(100)
    /// How many threads may wait for answers. A question more is not even asked.
    private static let limit = 32

    /// How many questions nobody waits for any more.
    private static let unanswered = Mutex(0)

    private enum Stage<Answer: Sendable> {
        case asked
        case answered(Answer)
        case left
    }

    /// Asks on a thread of its own.
    ///
    /// - Returns: `nil` if there was no answer in time, or no room for a thread.
    package static func ask<Answer: Sendable>(_ question: @escaping @Sendable () -> Answer) -> Answer? {
        let before = unanswered.withLock { $0 }
        if before >= limit { return nil }
        let call = Call<Answer>()
        guard (try? startThread(named: "kata-look") { call.answer(question()) }) != nil else { return nil }
        return call.wait(before == 0 ? patience : shortPatience)
    }

    private final class Call<Answer: Sendable>: Sendable {
        private let stage = Mutex(Stage<Answer>.asked)
        private let isAnswered = DispatchSemaphore(value: 0)

        func answer(_ answer: Answer) {
            let wasLeft = stage.withLock { stage in
                defer { stage = .answered(answer) }
                if case .left = stage { return true }
                return false
            }
            if wasLeft { unanswered.withLock { $0 -= 1 } }
            isAnswered.signal()
        }

        func wait(_ patience: DispatchTimeInterval) -> Answer? {
            _ = isAnswered.wait(timeout: .now() + patience)
            return stage.withLock { stage in
                if case .answered(let answer) = stage { return answer }
                stage = .left
                unanswered.withLock { $0 += 1 }
                return nil
            }
        }
    }
}
