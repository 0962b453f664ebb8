import Glibc

/// What a file looks like from its first bytes.
enum FileBeginning {
    case empty, database, other

    /// - Returns: `nil` if the file can't be read.
    init?(of path: String) {
        let header = Array("SQLite format 3\0".utf8)
        guard let beginning = firstBytes(of: path, count: header.count) else { return nil }
        self = beginning.isEmpty ? .empty : beginning == header ? .database : .other
    }
}

/// The first bytes of a file; `nil` if it can't be read.
func firstBytes(of path: String, count: Int) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: count)
    let result = read(descriptor, &bytes, count)
    return result < 0 ? nil : Array(bytes.prefix(result))
}
