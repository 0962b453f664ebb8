public import Kata
import Logging
import Synchronization

extension SpoolSource {
    /// Notes which file an attempt begins with. The file of a failed or cancelled job that is tried again is moved back to
    /// where it was.
    ///
    /// - Throws: ``SpoolFault``; ``FileError``; ``JobFailure`` that costs no attempt if the directory gives no answer.
    public func prepare(_ record: JobRecord) async throws {
        do {
            try await prepareFile(record)
        } catch let error where error is UnansweredFile || error is SystemShortage {
            throw JobFailure("\(error)", retry: .unavailable)
        }
    }

    private func prepareFile(_ record: JobRecord) async throws {
        let directory = try await directory()
        guard let name = SpoolFile.name(of: record.job, in: directory) else { return }
        let expected = record.uniqueKey.flatMap(SpoolKey.identity)
        let place = try await files.perform(on: directory) { SpoolFile(name: name, directory: directory) }
        if let place, expected == nil || place.state.identity == expected {
            return state.withLock { $0.begins(record.job.id, name, place.state) }
        }
        if try await moveBack(name, in: directory, record, expected: expected, isPlaceFree: place == nil) { return }
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
        _ = await tryToSettle(record)
    }

    /// - Returns: why the file was not moved; `nil` if nothing is left to do.
    private func tryToSettle(_ record: JobRecord) async -> (any Error)? {
        do {
            // A task that was cancelled does it as well: a job that was cut off has a file, too.
            try await Task { [self] in try await settle(record) }.value
            state.withLock { $0.settled(record.job.id) }
            news.set()
            return nil
        } catch {
            let isNews = state.withLock { $0.noteUnmoved(record, error: "\(error)") }
            if isNews {
                logger.error(
                    "a spooled file was not moved, which is tried again",
                    metadata: ["job": "\(record.job.id)", "error": "\(error)"])
            }
            return error
        }
    }

    /// Tries once more to move what could not be moved.
    func moveUnmoved() async {
        let unmoved = state.withLock { $0.unmoved }
        if unmoved.isEmpty { return }
        for (_, entry) in unmoved.sorted(by: { $0.key < $1.key }) {
            // The others would only wait as long.
            if await tryToSettle(entry.record) is UnansweredFile { return }
        }
        if state.withLock({ $0.unmoved.isEmpty }) {
            logger.notice("spooled files are moved again", metadata: ["files": "\(unmoved.count)"])
        }
    }

    private func settle(_ record: JobRecord) async throws {
        let directory = try await directory()
        guard let name = SpoolFile.name(of: record.job, in: directory) else { return }
        var move = try await files.perform(on: directory) { [self] in try self.move(name, in: directory, record) }
        if case .otherFileSystem(let file) = move {
            let destination = Self.destination(of: record)
            move = try await copies.perform(on: directory) { [copies] in
                try SpoolDirectory(path: directory).moveAcross(
                    name, of: record.job.id, to: destination, expected: file, progress: copies.noteProgress)
            }
        }
        switch move {
        // Or it was moved before, or its handler removed it.
        case .moved, .gone: state.withLock { $0.forget(name) }
        case .replaced, .otherFileSystem:
            logger.warning(
                "a spooled file was replaced before its job was over, and is another job",
                metadata: ["job": "\(record.job.id)", "file": "\(directory)/\(name)"])
            state.withLock { $0.leave(name) }
        }
    }

    private static func destination(of record: JobRecord) -> String { record.state == .done ? "done" : "failed" }

    /// Moves a finished job's file within its file system. Blocks.
    private func move(_ name: String, in directory: String, _ record: JobRecord) throws -> SpoolDirectory.Move {
        guard let file = SpoolFile(name: name, directory: directory) else { return .gone }
        guard isFile(file, of: record) else { return .replaced }
        return try SpoolDirectory(path: directory).move(
            name, of: record.job.id, to: Self.destination(of: record), expected: file.state.identity)
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
        _ name: String, in directory: String, _ record: JobRecord, expected: FileIdentity?, isPlaceFree: Bool
    ) async throws -> Bool {
        // A task that was cancelled waits for it as well, since the file is on its way. What it knows of the file is changed on the
        // thread, which goes on if nobody waits any more: the file comes all the same then.
        return try await Task { [self] in
            try await copies.perform(on: directory) { [self] in
                // First of all, so that nobody takes the file for a new one when it comes.
                if isPlaceFree { state.withLock { $0.begins(record.job.id, name, nil) } }
                var isBack = false
                defer { if isPlaceFree && !isBack { state.withLock { $0.forget(name) } } }
                isBack = try SpoolDirectory(path: directory).moveBack(
                    name, of: record.job.id, expected: expected, progress: copies.noteProgress)
                if isBack {
                    let file = SpoolFile(name: name, directory: directory)
                    state.withLock { $0.begins(record.job.id, name, file?.state) }
                }
                return isBack
            }
        }.value
    }
}
