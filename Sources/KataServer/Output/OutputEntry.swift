import Kata

/// What one attempt has printed or kept.
enum OutputEntry: Sendable {
    /// Printed by an attempt that is over.
    case stored(OutputRecord)
    /// Printed by an attempt that is under way, or was when this was looked for.
    case live(AttemptOutput)
    /// Kept by an attempt at its end, and not printed.
    case kept(Attempt)

    var attempt: Int {
        switch self {
        case .stored(let record): record.attempt
        case .live(let output): output.attempt
        case .kept(let attempt): attempt.number
        }
    }

    var isKept: Bool {
        switch self {
        case .stored, .live: false
        case .kept: true
        }
    }

    /// Whether what the attempt keeps at its end is a part of it.
    var holdsKept: Bool {
        switch self {
        case .stored(let record): record.holdsKept
        case .live(let output): output.holdsKept
        case .kept: true
        }
    }

    /// Whether that attempt, which is over, has printed it.
    func wasPrinted(by attempt: Attempt) -> Bool {
        switch self {
        case .stored(let record): record.attempt == attempt.number && record.attemptStartedAt == attempt.startedAt
        case .live(let output): output.attempt == attempt.number && output.attemptStartedAt == attempt.startedAt
        case .kept: false
        }
    }

    var beganAt: Timestamp {
        switch self {
        case .stored(let record): record.beganAt
        case .live(let output): output.beganAt
        case .kept(let attempt): attempt.startedAt
        }
    }
}
