import Glibc
public import Kata
import Logging
import Synchronization

extension SpoolSource {
    /// Notes which file an attempt begins with. The file of a failed or cancelled job that is tried again is moved back to
    /// where it was.
    ///
    /// - Throws: ``SpoolFault``; ``FileError``.
    public func prepare(_ record: JobRecord) async throws {
        guard let name = name(of: record.job) else { return }
        let expected = record.uniqueKey.flatMap(SpoolKey.identity)
        let place = SpoolFile(name: name, directory: directory)
        if let place, expected == nil || place.state.identity == expected {
            return state.withLock { $0.begins(record.job.id, name, place.state) }
        }
        if try await moveBack(name, record, expected: expected, isPlaceFree: place == nil) { return }
        let metadata: Logger.Metadata = ["job": "\(record.job.id)", "file": "\(record.job.item)"]
        if let place {
            logger.notice(
                "a spooled file was replaced before its job began, which does the file that is there now",
                metadata: metadata)
            state.withLock { $0.begins(record.job.id, name, place.state) }
        } else {
            // Its handler may have removed it before it was interrupted, and knows what that means.
            logger.warning("a spooled file is not there, nor in 'failed'", metadata: metadata)
        }
    }

    /// Moves the file of a finished job to `done` or `failed`, unless it is another file by now, which is a job of its own.
    /// A move that fails is shown and tried again.
    public func settled(_ record: JobRecord) async {
        guard let name = name(of: record.job) else { return }
        do {
            try await settle(record, name: name)
            news.set()
        } catch {
            let isNews = state.withLock { $0.noteUnmoved(name, record, error: "\(error)") }
            if isNews {
                logger.error(
                    "a spooled file was not moved, which is tried again",
                    metadata: ["job": "\(record.job.id)", "error": "\(error)"])
            }
        }
    }

    /// Tries once more to move what could not be moved.
    func moveUnmoved() async {
        let unmoved = state.withLock { $0.unmoved }
        if unmoved.isEmpty { return }
        for (_, entry) in unmoved.sorted(by: { $0.key < $1.key }) { await settled(entry.record) }
        if state.withLock({ $0.unmoved.isEmpty }) {
            logger.notice("spooled files are moved again", metadata: ["files": "\(unmoved.count)"])
        }
    }

    private func settle(_ record: JobRecord, name: String) async throws {
        guard let file = SpoolFile(name: name, directory: directory) else {
            // It was moved before, or its handler removed it.
            return state.withLock { $0.forget(name) }
        }
        let destination = record.state == .done ? "done" : "failed"
        if isFile(file, of: record),
            try await move(name, of: record.job.id, to: destination, expected: file.state.identity)
        {
            state.withLock { $0.forget(name) }
        } else {
            logger.warning(
                "a spooled file was replaced before its job was over, and is another job",
                metadata: ["job": "\(record.job.id)", "file": "\(file.path)"])
            state.withLock { $0.leave(name) }
        }
    }

    /// - Returns: `false` if another file has the name.
    private func move(
        _ name: String, of job: Job.ID, to destination: String, expected: FileIdentity
    ) async throws -> Bool {
        switch try SpoolDirectory(path: directory).move(name, of: job, to: destination, expected: expected) {
        case .moved: return true
        case .replaced: return false
        case .otherFileSystem: break
        }
        let move = try await whileCopying { [directory] in
            try SpoolDirectory(path: directory).moveAcross(name, of: job, to: destination, expected: expected)
        }
        return switch move {
        case .moved: true
        case .replaced, .otherFileSystem: false
        }
    }

    /// Does what may take as long as a file is large, one after the other. A task that was cancelled waits for it as well:
    /// a job that was cut off has a file, too.
    private func whileCopying<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await Task { [copying] in
            try await copying.wait()
            defer { copying.set() }
            return try await onThread(named: "kata-spool", body)
        }.value
    }

    /// Whether a file is still what a job was about. One that is changed in place is.
    private func isFile(_ file: SpoolFile, of record: JobRecord) -> Bool {
        let (entry, wasReplaced) = state.withLock { ($0.known[file.name], $0.replaced.contains(file.name)) }
        guard let entry, entry.job == record.job.id else {
            return record.uniqueKey.flatMap(SpoolKey.identity).map { $0 == file.state.identity } ?? true
        }
        if entry.state?.identity == file.state.identity { return true }
        if !wasReplaced { return false }
        // Otherwise a handler that puts another file in its file's place would do so for ever.
        logger.warning(
            "a spooled file was replaced once more while its job was under way, and is moved as it is",
            metadata: ["job": "\(record.job.id)", "file": "\(file.path)"])
        return true
    }

    /// - Returns: whether the file was in `failed`, and is back.
    private func moveBack(
        _ name: String, _ record: JobRecord, expected: FileIdentity?, isPlaceFree: Bool
    ) async throws -> Bool {
        // First of all, so that nobody takes the file for a new one when it comes.
        if isPlaceFree { state.withLock { $0.begins(record.job.id, name, nil) } }
        var isBack = false
        defer { if isPlaceFree && !isBack { state.withLock { $0.forget(name) } } }
        isBack = try await whileCopying { [directory] in
            try SpoolDirectory(path: directory).moveBack(name, of: record.job.id, expected: expected)
        }
        if isBack {
            let file = SpoolFile(name: name, directory: directory)
            state.withLock { $0.begins(record.job.id, name, file?.state) }
        }
        return isBack
    }

    /// The name of a job's file; `nil` if its item is not the path of a file in the directory.
    private func name(of job: Job) -> String? {
        let prefix = "\(directory)/"
        guard job.item.hasPrefix(prefix) else { return nil }
        let name = job.item.dropFirst(prefix.count)
        return name.isEmpty || name.contains("/") ? nil : String(name)
    }
}
