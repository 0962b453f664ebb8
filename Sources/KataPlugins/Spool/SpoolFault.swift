/// Why a spool directory, or a file in it, can't be used.
enum SpoolFault: Error, Hashable, CustomStringConvertible {
    /// `done` or `failed` is a link, or no directory.
    case notADirectory(path: String)
    /// Another file has the name of the one that is to be moved back.
    case nameTaken(path: String)

    var description: String {
        switch self {
        case .notADirectory(let path):
            "'\(path)' is a link or no directory, and files are not moved through it; make it a directory"
        case .nameTaken(let path):
            "the job's file can't be moved back, because another file is at '\(path)' now; move that one away, and try again"
        }
    }
}
