import Glibc

/// A file that appears under its name as a whole, or not at all.
///
/// It is written beside its final place and renamed there by ``commit()``; without a commit it is removed again. A
/// symbolic link is followed, unless it is another user's. What is no regular file, such as a pipe or a terminal, can't be
/// replaced and is written directly.
public struct AtomicFile: ~Copyable {
    private let path: String
    private let temporaryPath: String?
    private let file: OpenFile
    private var isCommitted = false

    /// Creates the temporary file, with the permissions of the file that it is to replace, or opens what can't be
    /// replaced, which may have to wait for a reader.
    ///
    /// - Throws: ``FileError`` if that fails.
    public init(path: String) throws {
        try self.init(path: path, onlyRegular: false)
    }

    /// - Parameter onlyRegular: whether what is no regular file is refused and not opened, so that nothing can block.
    /// - Throws: ``FileError``.
    init(path: String, onlyRegular: Bool) throws {
        var status = stat()
        let exists = stat(path, &status) == 0
        let isReplaced = !exists || status.st_mode & S_IFMT == S_IFREG
        if onlyRegular && !isReplaced {
            throw FileError(path: path, operation: "replace what is no regular file,", code: EEXIST)
        }
        let target = isReplaced ? try followLinks(path) : path
        let temporaryPath = isReplaced ? makeTemporaryPath(beside: target) : nil
        let file =
            if let temporaryPath {
                try OpenFile(path: temporaryPath, flags: O_WRONLY | O_CREAT | O_EXCL, operation: "create", name: path)
            } else {
                try OpenFile(path: path, flags: O_WRONLY, operation: "open")
            }
        if exists && isReplaced { fchmod(file.descriptor, status.st_mode & 0o7777) }
        self.path = target
        self.temporaryPath = temporaryPath
        self.file = file
    }

    deinit {
        if let temporaryPath, !isCommitted { unlink(temporaryPath) }
    }

    /// Appends bytes.
    ///
    /// - Throws: ``FileError``, for instance when the disk is full.
    public func write(_ bytes: [UInt8]) throws {
        try file.write(bytes)
    }

    /// What the file is, and will be under its name; `nil` if that can't be told.
    var state: FileState? { file.state }

    /// Makes the content durable and puts it in its place.
    ///
    /// - Throws: ``FileError``. The file under the name is as it was before then, unless only the last step failed,
    ///   which makes the new name outlive a power cut.
    public consuming func commit() throws {
        guard let temporaryPath else { return }
        try file.sync()
        try replaceFile(path, by: temporaryPath) { isCommitted = true }
    }
}
