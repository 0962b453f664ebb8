import Kata
import Synchronization

/// What a process is reading from its database now, so that it can be said who keeps the write-ahead log from being reset.
public final class ReadsInProgress: Sendable {
    private struct State {
        var reads: [Int: (purpose: StaticString, began: Timestamp)] = [:]
        var lastID = 0
    }

    private let state = Mutex(State())

    /// Nothing is read at first.
    public init() {}

    /// What has been read for the longest time, in a few words, and since when; `nil` if nothing is read.
    var oldest: (purpose: String, began: Timestamp)? {
        let oldest = state.withLock { state in
            state.reads.min { $0.key < $1.key }.map { ($0.value.purpose.description, $0.value.began) }
        }
        // Of the name of a function without its parameters.
        return oldest.map { (String($0.0.prefix { $0 != "(" }), $0.1) }
    }

    func begin(_ purpose: StaticString) -> Int {
        let now = Timestamp.now()
        return state.withLock { state in
            state.lastID += 1
            state.reads[state.lastID] = (purpose, now)
            return state.lastID
        }
    }

    func end(_ id: Int) {
        state.withLock { _ = $0.reads.removeValue(forKey: id) }
    }

    func with<Value>(_ purpose: StaticString, _ body: () throws -> Value) rethrows -> Value {
        let id = begin(purpose)
        defer { end(id) }
        return try body()
    }
}
