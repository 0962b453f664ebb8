import Synchronization

/// A way to see whether a part of the program gets on.
package struct ProgressCheck: Sendable {
    /// The part, for people. Of parts with the same name the registry makes different ones.
    package var name: String
    /// Looks at the part. Called by one thread only, which must not be made to wait.
    package let read: @Sendable () -> ProgressReading

    package init(_ name: String, read: @escaping @Sendable () -> ProgressReading) {
        self.name = name
        self.read = read
    }

    /// A part that does what it is given one thing after the other, and so answers when it comes to the question.
    ///
    /// - Parameters:
    ///   - otherSteps: counts what the part does besides answering, where it may have much to do before it comes to that.
    ///   - ask: has the part call the closure once. Must not wait for that.
    package static func answering(
        _ name: String, otherSteps: @escaping @Sendable () -> UInt64 = { 0 },
        ask: @escaping @Sendable (_ answer: @escaping @Sendable () -> Void) -> Void
    ) -> ProgressCheck {
        let questions = Questions()
        return ProgressCheck(name) {
            // One question at a time: a part that hangs is not to find thousands of them afterwards.
            let steps = questions.answered
            if questions.hasNoneOpen {
                questions.add()
                ask { questions.answer() }
            }
            return ProgressReading(steps: steps &+ otherSteps(), isDue: true)
        }
    }
}

private final class Questions: Sendable {
    private let asked = Atomic<UInt64>(0)
    private let answers = Atomic<UInt64>(0)

    var answered: UInt64 { answers.load(ordering: .acquiring) }
    var hasNoneOpen: Bool { asked.load(ordering: .relaxed) == answered }

    func add() { asked.add(1, ordering: .relaxed) }
    func answer() { answers.add(1, ordering: .releasing) }
}
