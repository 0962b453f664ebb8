import Kata
import KataSQLite
import Synchronization

/// What is known of the database's files, for those who show it.
final class DatabaseHealth: Sendable {
    /// The check after the daemon before had an unclean end.
    enum Check {
        case running
        case ended(CheckOutcome, at: Timestamp)
    }

    private struct State {
        var log = WriteAheadLogState()
        var check: Check?
    }

    private let state = Mutex(State())

    /// As it was at the last look.
    var log: WriteAheadLogState {
        get { state.withLock { $0.log } }
        set { state.withLock { $0.log = newValue } }
    }

    /// `nil` if there was no unclean end.
    var check: Check? {
        get { state.withLock { $0.check } }
        set { state.withLock { $0.check = newValue } }
    }
}

/// What a check of the tables found, as far as it came.
struct CheckOutcome {
    /// What is wrong, as sentences without a full stop.
    var faults: [String] = []
    /// The tables that were not looked at to their end.
    var unchecked: [String] = []
    /// Why the check could not go on; `nil` if it could.
    var failure: String?

    /// The outcome in a word.
    var name: String {
        if !faults.isEmpty { return "damaged" }
        return unchecked.isEmpty && failure == nil ? "ok" : "unfinished"
    }
}
