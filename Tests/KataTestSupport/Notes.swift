import Synchronization

/// What tasks note down, in the order in which they do.
public final class Notes<Note: Sendable>: Sendable {
    private let notes = Mutex<[Note]>([])

    public init() {}

    public var all: [Note] { notes.withLock { $0 } }

    public func add(_ note: Note) {
        notes.withLock { $0.append(note) }
    }
}
