import Kata
import Synchronization

/// Answers that those share who ask at about the same time: one is made at most once in a while, however many ask.
final class RecentAnswers<Answer: Sendable>: Sendable {
    private struct Entry {
        let madeAt: MonotonicInstant
        let answer: Task<Answer, any Error>
    }

    private let age: Duration
    private let clock: any MonotonicClock
    private let entries = Mutex<[String: Entry]>([:])

    /// - Parameter age: how old an answer may be.
    init(age: Duration = .milliseconds(900), clock: any MonotonicClock = PreciseClock()) {
        self.age = age
        self.clock = clock
    }

    /// - Parameters:
    ///   - question: what is asked.
    ///   - make: makes the answer.
    /// - Throws: what `make` threw.
    func answer(to question: String, _ make: @escaping @Sendable () async throws -> Answer) async throws -> Answer {
        let now = clock.now
        let task = entries.withLock { entries in
            if let entry = entries[question], entry.madeAt.duration(to: now) < age { return entry.answer }
            // What nobody asks any more is forgotten.
            entries = entries.filter { $0.value.madeAt.duration(to: now) < age }
            // Nobody's child: who has asked first may go away, and the others wait on.
            let task = Task { try await make() }
            entries[question] = Entry(madeAt: now, answer: task)
            return task
        }
        return try await task.value
    }
}
