/// What shows at one moment whether a part of the program gets on.
package struct ProgressReading: Hashable, Sendable {
    /// Another value after each step that the part makes.
    package var steps: UInt64
    /// Whether there is something to do that nothing but the part itself keeps from being done. Otherwise the part may stand
    /// still.
    package var isDue: Bool
    /// How long one step of this part may take, besides what every part may.
    package var allowance = Duration.zero
    /// Whether a restart may get the part on. Where it would only stand still again, restarts without end would be worse.
    package var restartHelps = true
    /// What is to be done, for people.
    package var waiting: String?

    package init(
        steps: UInt64, isDue: Bool, allowance: Duration = .zero, restartHelps: Bool = true, waiting: String? = nil
    ) {
        self.steps = steps
        self.isDue = isDue
        self.allowance = allowance
        self.restartHelps = restartHelps
        self.waiting = waiting
    }

    /// Of a part that has nothing to do.
    package static let idle = ProgressReading(steps: 0, isDue: false)
}
