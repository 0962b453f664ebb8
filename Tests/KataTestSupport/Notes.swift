import Synchronization

/// What tasks note down, in the order in which they do.
public final class Notes<Note: Sendable>: Sendable {
    private let notes = Mutex<[Note]>([])

    /// Makes an empty list.
    public init() {}

    /// All notes so far, the first one first.
    public var all: [Note] { notes.withLock { $0 } }

    /// Notes something down, from any task or thread.
    public func add(_ note: Note) {
        notes.withLock { $0.append(note) }
    }
}
