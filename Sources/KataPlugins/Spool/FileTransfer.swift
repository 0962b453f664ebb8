import CLinux
import Glibc
import Kata

/// Moves files to a directory of another file system. A copy is made durable there and gets its name, and only then the file
/// goes. If that is cut short, both are there, and the next move of the file finds its copy.
///
/// The directories stay the caller's. All of it blocks.
struct FileTransfer {
    enum Outcome {
        case moved
        /// Another file has the name by now.
        case replaced
        /// All names that the copy could have are taken.
        case namesTaken
    }

    /// A file that has a durable copy is renamed to this, device and inode of the file, before it is removed.
    private static let departingPrefix = ".kata.moved."
    private static let blockSize = 1 << 18

    let source: Int32
    let destination: Int32
    /// What errors call the source directory.
    let path: String
    /// Called each time that a part of a file was read.
    let progress: () -> Void

    /// - Parameters:
    ///   - names: those that the copy may have; it gets the first one that is free.
    ///   - expected: the file; `nil` means whatever has the name.
    /// - Throws: ``FileError``; the file is where it was then.
    func move(_ name: String, to names: [String], expected: FileIdentity?) throws -> Outcome {
        let file = openat(source, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        if file < 0 { throw failure("move", name) }
        defer { close(file) }
        var status = stat()
        if fstat(file, &status) != 0 { throw failure("move", name) }
        let identity = FileIdentity(status)
        guard status.st_mode & S_IFMT == S_IFREG, expected == nil || identity == expected else { return .replaced }
        let hasCopy = try names.contains { try isDurableCopy($0, of: file, status) }
        if !hasCopy {
            guard try copy(file, status, name, to: names) else { return .namesTaken }
        }
        return try remove(name, identity) ? .moved : .replaced
    }

    /// Removes the files of a directory that have durable copies, and whose removal was cut short.
    ///
    /// - Parameter progress: called each time that one was removed.
    static func finishRemovals(in directory: Int32, names: [[UInt8]], progress: () -> Void) {
        for name in names.map({ String(decoding: $0, as: UTF8.self) }) where name.hasPrefix(departingPrefix) {
            var status = stat()
            guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            if name == departingName(FileIdentity(status)) { unlinkat(directory, name, 0) }
            progress()
        }
    }

    private static func departingName(_ file: FileIdentity) -> String {
        "\(departingPrefix)\(file.device).\(file.inode)"
    }

    /// - Returns: whether there was a free name.
    private func copy(_ file: Int32, _ status: stat, _ name: String, to names: [String]) throws -> Bool {
        let temporary = makeTemporaryName()
        let copy = openat(destination, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if copy < 0 { throw failure("move", name) }
        defer { close(copy) }
        var isNamed = false
        defer { if !isNamed { unlinkat(destination, temporary, 0) } }
        try copyContent(of: file, to: copy, name)
        // What is written meanwhile would be lost.
        if FileState(of: file) != FileState(status) {
            throw FileError(path: "\(path)/\(name)", operation: "move what is being written,", code: EAGAIN)
        }
        // Only root can give files away. Otherwise the copy is this user's.
        _ = fchown(copy, status.st_uid, status.st_gid)
        let times = [status.st_atim, status.st_mtim]
        if fchmod(copy, status.st_mode & 0o777) != 0 || futimens(copy, times) != 0 || fsync(copy) != 0 {
            throw failure("move", name)
        }
        for target in names {
            if clinux_rename_new(destination, temporary, destination, target) == 0 {
                isNamed = true
                if fsync(destination) != 0 { throw failure("move", name) }
                return true
            }
            if errno != EEXIST { throw failure("move", name) }
        }
        return false
    }

    private func copyContent(of file: Int32, to copy: Int32, _ name: String) throws {
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        while true {
            let count = retryingInterrupted { read(file, &block, block.count) }
            if count < 0 { throw failure("move", name) }
            if count == 0 { return }
            progress()
            try writeAll(count == block.count ? block : Array(block[..<count]), to: copy, name: "\(path)/\(name)")
        }
    }

    /// Whether a file is the copy that an earlier move has left, which is made durable.
    private func isDurableCopy(_ name: String, of file: Int32, _ status: stat) throws -> Bool {
        let copy = openat(destination, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard copy >= 0 else { return false }
        defer { close(copy) }
        var found = stat()
        // Not every file system keeps the time to the nanosecond.
        guard fstat(copy, &found) == 0, found.st_mode & S_IFMT == S_IFREG, found.st_size == status.st_size,
            abs(FileTime.modification(of: found).seconds - FileTime.modification(of: status).seconds) <= 2
        else { return false }
        guard hasSameContent(file, copy) else { return false }
        if fsync(copy) != 0 || fsync(destination) != 0 { throw failure("move", name) }
        return true
    }

    private func hasSameContent(_ first: Int32, _ second: Int32) -> Bool {
        var blocks = [[UInt8](repeating: 0, count: Self.blockSize), [UInt8](repeating: 0, count: Self.blockSize)]
        var offset = 0
        while true {
            let count = retryingInterrupted { pread(first, &blocks[0], Self.blockSize, offset) }
            let other = retryingInterrupted { pread(second, &blocks[1], Self.blockSize, offset) }
            if count < 0 || count != other || blocks[0][..<count] != blocks[1][..<count] { return false }
            if count == 0 { return true }
            progress()
            offset += count
        }
    }

    /// Removes the file, unless another one has its name by now, which stays.
    private func remove(_ name: String, _ identity: FileIdentity) throws -> Bool {
        let departing = Self.departingName(identity)
        if clinux_rename_new(source, name, source, departing) != 0 { throw failure("move", name) }
        var status = stat()
        if fstatat(source, departing, &status, AT_SYMLINK_NOFOLLOW) == 0, FileIdentity(status) == identity {
            if unlinkat(source, departing, 0) != 0 { throw failure("move", name) }
            return true
        }
        _ = clinux_rename_new(source, departing, source, name)
        return false
    }

    private func failure(_ operation: String, _ name: String) -> FileError {
        FileError(path: "\(path)/\(name)", operation: operation, code: errno)
    }
}
