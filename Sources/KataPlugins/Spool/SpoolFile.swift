import CLinux
import Glibc
import Kata

/// A file in a spool directory, as it was when it was looked at.
struct SpoolFile {
    let name: String
    /// From the root.
    let path: String
    let state: FileState
    /// Tells the file from another one of the same name, and from itself once it was moved out and back in.
    let uniqueKey: String
    /// The part of the key that stays when the file is changed or its mode is.
    let uniqueStem: String

    /// The name of a job's file; `nil` if its item is not the path of a file in the directory.
    static func name(of job: Job, in directory: String) -> String? {
        let prefix = "\(directory)/"
        guard job.item.hasPrefix(prefix) else { return nil }
        let name = job.item.dropFirst(prefix.count)
        return name.isEmpty || name.contains("/") ? nil : String(name)
    }

    /// Whether a file is all there.
    enum Completeness {
        case complete
        /// A process has it open for writing. The end of that is told.
        case beingWritten
        /// The system does not tell, as on some network file systems, and of files of other users.
        case unknown
    }

    /// `nil` if it is no regular file.
    init?(name: String, directory: String) {
        self.name = name
        path = "\(directory)/\(name)"
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        state = FileState(status)
        uniqueStem = SpoolKey.stem(state.identity)
        uniqueKey = SpoolKey.make(status, name: name)
    }

    var completeness: Completeness {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return .unknown }
        defer { close(descriptor) }
        return switch clinux_is_being_written(descriptor) {
        case 0: .complete
        case 1: .beingWritten
        default: .unknown
        }
    }

    /// When its content was changed the last time.
    var modified: Timestamp? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        let time = FileTime.modification(of: status)
        return Timestamp(milliseconds: time.seconds * 1_000 + time.nanoseconds / 1_000_000)
    }
}
