import Foundation
import Kata
import KataAPI

/// A file of jobs, a JSON object a line, that is complete under its name or not there.
struct JobArchive: ~Copyable {
    private let path: String
    private let temporaryPath: String
    private let handle: FileHandle
    private var isPublished = false
    private var size = 0
    private var checksum = Checksum()

    /// - Throws: ``FileError`` if the file can't be created, or is there already.
    init(path: String) throws {
        self.path = path
        temporaryPath = makeTemporaryPath(beside: path)
        // Those of an archive that was cut short here before.
        removeLeftovers(in: directoryPath(of: path))
        if access(path, F_OK) == 0 { throw FileError(path: path, operation: "create", code: EEXIST) }
        let descriptor = open(temporaryPath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw FileError(path: path, operation: "create", code: errno) }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    deinit {
        if !isPublished { unlink(temporaryPath) }
    }

    /// Appends a line for each job.
    ///
    /// - Throws: ``FileError``, for instance when the disk is full.
    mutating func append(_ jobs: [JobDocument]) throws {
        for job in jobs {
            let line = try JSON.encode(job) + [UInt8(ascii: "\n")]
            do {
                try handle.write(contentsOf: line)
            } catch {
                throw FileError(path: path, operation: "write", code: errno)
            }
            size += line.count
            Self.add(line, to: &checksum)
        }
    }

    /// Makes the file durable, reads it back, and gives it its name. A file that got that name meanwhile stays.
    ///
    /// - Throws: ``FileError``, with the operation `verify` if something else was read than was written; what
    ///   Foundation throws if reading fails.
    consuming func finish() throws {
        if fsync(handle.fileDescriptor) != 0 { throw FileError(path: path, operation: "sync", code: errno) }
        try handle.seek(toOffset: 0)
        var found = 0
        var foundChecksum = Checksum()
        while let block = try handle.read(upToCount: 1 << 20), !block.isEmpty {
            found += block.count
            Self.add(block, to: &foundChecksum)
        }
        if found != size || foundChecksum != checksum { throw FileError(path: path, operation: "verify", code: EIO) }
        try publishNewFile(temporaryPath, as: path)
        isPublished = true
    }

    private static func add(_ bytes: Data, to checksum: inout Checksum) {
        bytes.withUnsafeBytes { checksum.add($0.bindMemory(to: UInt8.self)) }
    }
}
