import Glibc
import Kata
import KataCommand

/// Reads a file, or standard input for `-`, in chunks of whole lines, each small enough for one request.
struct LineChunks: ~Copyable {
    struct Chunk {
        let bytes: [UInt8]
        /// The number of the chunk's first line in the file, from 1.
        let firstLine: Int
    }

    /// The size of the file in bytes; `nil` if that is not known, as that of a pipe.
    let size: Int?
    private let descriptor: Int32
    private let path: String
    private var buffer: [UInt8] = []
    private var start = 0
    private var nextLine = 1
    private var isAtEnd = false
    private static let lineLimit = 1_000
    private static let sizeLimit = 8 << 20
    private static let lineSizeLimit = 8 << 20

    /// - Throws: ``FileError`` if the file can't be opened.
    init(path: String) throws {
        self.path = path == "-" ? "standard input" : path
        descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw FileError(path: self.path, operation: "read", code: errno) }
        var status = stat()
        let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        size = isFile ? Int(status.st_size) : nil
    }

    deinit { close(descriptor) }

    /// The next chunk; `nil` at the end. The last line needs no line break.
    ///
    /// - Throws: ``FileError``; ``UsageError`` for a line that is longer than a request may be.
    mutating func next() throws -> Chunk? {
        var end = start
        var lines = 0
        while lines < Self.lineLimit {
            if let newline = buffer[end...].firstIndex(of: UInt8(ascii: "\n")) {
                end = newline + 1
                lines += 1
                if end - start >= Self.sizeLimit { break }
            } else if isAtEnd || buffer.count - start > Self.sizeLimit && lines > 0 {
                break
            } else {
                if buffer.count - end > Self.lineSizeLimit {
                    throw UsageError(
                        "line \(nextLine + lines) is longer than \(Self.lineSizeLimit) bytes, which is no job on a line"
                    )
                }
                end -= start
                try fill()
            }
        }
        if isAtEnd && lines < Self.lineLimit && end < buffer.count
            && buffer[end...].firstIndex(of: UInt8(ascii: "\n")) == nil
        {
            // What is left is a last line without a line break.
            end = buffer.count
            lines += 1
        }
        if end == start { return nil }
        defer {
            start = end
            nextLine += lines
        }
        return Chunk(bytes: Array(buffer[start..<end]), firstLine: nextLine)
    }

    /// Moves what is not given out yet to the front of the buffer, and reads more behind it.
    private mutating func fill() throws {
        buffer.removeFirst(start)
        start = 0
        var block = [UInt8](repeating: 0, count: 1 << 18)
        let count = retryingInterrupted { read(descriptor, &block, block.count) }
        if count < 0 { throw FileError(path: path, operation: "read", code: errno) }
        if count == 0 { isAtEnd = true } else { buffer += block[..<count] }
    }
}
