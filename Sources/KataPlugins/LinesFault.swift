import Kata

/// Why the lines of a file can't be read.
enum LinesFault: Error, Hashable, CustomStringConvertible {
    case unknownCursor(String)
    /// The file has fewer bytes than were read of it.
    case shrunk(path: String, size: Int, offset: Int)
    /// What is before the offset is not what was read.
    case replaced(path: String, offset: Int)
    /// A pipe, a device or the like.
    case notAFile(path: String)

    var description: String {
        switch self {
        case .unknownCursor(let cursor):
            "the lines source cannot go on from '\(cursor)': another source has written that. Put the producer back as it was "
                + "until the run is finished, or have the run end without the rest: kata-ctl abandon PIPELINE"
        case .shrunk(let path, let size, let offset):
            "'\(path)' was read up to byte \(offset), and has only \(size) now; it was replaced or cut. \(Self.remedy)"
        case .replaced(let path, let offset):
            "'\(path)' was read up to byte \(offset), and has another content there now; it was replaced or changed. "
                + Self.remedy
        case .notAFile(let path): "'\(path)' is no regular file, expected one"
        }
    }

    private static let remedy =
        "Put it back as it was and the run goes on; or have the run end without the rest: kata-ctl abandon PIPELINE. The next "
        + "run begins at the first line"
}
