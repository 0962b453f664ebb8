import CLinux
import Glibc
import Synchronization

/// What is asked of files while a configuration is read: it blocks, but not for long where nothing answers.
package enum FileQuestion {
    /// What is done without an answer.
    package enum Need {
        /// It is not done without, so that a slow file system has its time.
        case required
        /// It is only not checked. While an answer is still to come, the next questions have less time: most likely they are about
        /// the same file system, and many pipelines may use it.
        case optional
    }

    private static let requiredPatience = Duration.seconds(10)
    private static let patience = Duration.seconds(3)
    private static let shortPatience = Duration.milliseconds(100)
    /// How many threads may wait for answers. A question more is not even asked.
    private static let limit = 32

    /// How many questions nobody waits for any more.
    private static let unanswered = Mutex(0)

    /// Asks on a thread of its own.
    ///
    /// - Returns: `nil` if there was no answer in time, or no room for a thread.
    package static func ask<Answer: Sendable>(
        _ need: Need = .required, _ question: @escaping @Sendable () -> Answer
    ) -> Answer? {
        let before = unanswered.withLock { $0 }
        if before >= limit { return nil }
        let call = Call<Answer>()
        if !call.hasBell { return question() }
        // No room for a thread is no answer either.
        guard (try? startThread(named: "kata-look") { call.answer(question()) }) != nil else { return nil }
        return switch need {
        case .required: call.wait(requiredPatience)
        case .optional: call.wait(before == 0 ? patience : shortPatience)
        }
    }

    private enum Stage<Answer: Sendable> {
        case asked
        case answered(Answer)
        case left
    }

    private final class Call<Answer: Sendable>: Sendable {
        private let stage = Mutex(Stage<Answer>.asked)
        /// Not a semaphore of Dispatch, whose time is that of a clock that may be set.
        private let bell = clinux_wakeup_create()

        /// Whether there was a descriptor for it.
        var hasBell: Bool { bell >= 0 }

        deinit { if bell >= 0 { close(bell) } }

        func answer(_ answer: Answer) {
            let wasLeft = stage.withLock { stage in
                defer { stage = .answered(answer) }
                if case .left = stage { return true }
                return false
            }
            if wasLeft { unanswered.withLock { $0 -= 1 } }
            clinux_wakeup_ring(bell)
        }

        func wait(_ patience: Duration) -> Answer? {
            var ready = pollfd(fd: bell, events: Int16(POLLIN), revents: 0)
            _ = retryingInterrupted { Int(poll(&ready, 1, Int32(patience.milliseconds))) }
            return stage.withLock { stage in
                if case .answered(let answer) = stage { return answer }
                stage = .left
                unanswered.withLock { $0 += 1 }
                return nil
            }
        }
    }
}
