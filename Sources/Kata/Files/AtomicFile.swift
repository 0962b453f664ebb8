import Glibc

/// A file that appears under its name as a whole, or not at all.
///
/// It is written beside its final place and renamed there by ``commit()``; without a commit it is removed again. A
/// symbolic link is followed. What is no regular file, such as a pipe or a terminal, can't be replaced and is written
/// directly.
public struct AtomicFile: ~Copyable {
    private let path: String
    private let temporaryPath: String?
    private let file: OpenFile
    private var isCommitted = false

    /// Creates the temporary file, with the permissions of the file that it is to replace, or opens what can't be
    /// replaced.
    ///
    /// - Throws: ``FileError`` if that fails.
    public init(path: String) throws {
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists && status.st_mode & S_IFMT != S_IFREG {
            self.path = path
            temporaryPath = nil
            file = try OpenFile(path: path, flags: O_WRONLY, operation: "open")
        } else {
            self.path = followLinks(path)
            let temporaryPath = makeTemporaryPath(beside: self.path)
            self.temporaryPath = temporaryPath
            let flags = O_WRONLY | O_CREAT | O_EXCL
            file = try OpenFile(path: temporaryPath, flags: flags, operation: "create", name: path)
            if exists { fchmod(file.descriptor, status.st_mode & 0o7777) }
        }
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
