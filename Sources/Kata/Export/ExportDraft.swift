import Synchronization

/// An ``AtomicFile`` that the thread of its export writes.
final class ExportDraft: Sendable {
    private let file: Mutex<AtomicFile?>

    /// - Throws: ``FileError``.
    init(path: String) throws {
        file = Mutex(try AtomicFile(path: path, onlyRegular: true))
    }

    /// - Throws: ``FileError``.
    func write(_ bytes: [UInt8]) throws {
        try file.withLock { try $0?.write(bytes) }
    }

    /// Puts the file in its place.
    ///
    /// - Returns: what it is there; `nil` if that can't be told.
    /// - Throws: ``FileError``.
    func commit() throws -> FileState? {
        try file.withLock { file in
            guard let file = file.take() else { return nil }
            let state = file.state
            try file.commit()
            return state
        }
    }

    /// Removes it.
    func discard() {
        file.withLock { $0 = nil }
    }
}
