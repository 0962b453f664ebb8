import Foundation

/// Reads a regular file that must not be larger than expected.
enum BoundedFile {
    enum Problem: Error, CustomStringConvertible {
        case cannotRead(reason: String)
        case directory
        case special
        case tooLarge(limit: Int)

        var description: String {
            switch self {
            case .cannotRead(let reason): "the file can't be read (\(reason)), expected a readable YAML file"
            case .directory: "this is a directory, expected a YAML file"
            case .special: "this is no regular file, expected a YAML file"
            case .tooLarge(let limit): "the file is larger than \(limit / 1024) KiB, expected a configuration"
            }
        }
    }

    /// - Throws: ``Problem``.
    static func read(_ path: String, limit: Int) throws -> Data {
        // Not blocking, for the case that it is a pipe that nobody writes to.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Problem.cannotRead(reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw Problem.cannotRead(reason: String(cString: strerror(errno)))
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw Problem.directory
        default: throw Problem.special
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        do {
            let data = try handle.read(upToCount: limit + 1) ?? Data()
            if data.count > limit { throw Problem.tooLarge(limit: limit) }
            return data
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem.cannotRead(reason: "\(error)")
        }
    }
}
