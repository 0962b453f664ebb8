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
    private let patience: Duration?
    private var buffer: [UInt8] = []
    private var start = 0
    private var nextLine = 1
    private var isAtEnd = false
    private let sizeLimit: Int
    private static let lineLimit = 1_000

    /// - Parameters:
    ///   - patience: how long lines of a slow pipe wait for more of them before they are a chunk; `nil` means that a chunk
    ///     ends where its content says, however slow the pipe is, so that the same file has the same chunks.
    ///   - sizeLimit: how many bytes a chunk has at the most.
    /// - Throws: ``FileError`` if the file can't be opened.
    init(path: String, patience: Duration?, sizeLimit: Int = 8 << 20) throws {
        self.sizeLimit = sizeLimit
        self.path = path == "-" ? "standard input" : path
        self.patience = patience
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
        // When lines that are there wait no longer.
        var deadline: ContinuousClock.Instant?
        while lines < Self.lineLimit {
            if let newline = buffer[end...].firstIndex(of: UInt8(ascii: "\n")) {
                if lines > 0 && newline + 1 - start > sizeLimit { break }
                end = newline + 1
                lines += 1
            } else if isAtEnd || lines > 0 && buffer.count - start > sizeLimit {
                break
            } else if buffer.count - end > sizeLimit {
                throw UsageError(
                    "line \(nextLine + lines) is longer than \(sizeLimit) bytes, which is no job on a line")
            } else {
                if lines > 0, let patience {
                    deadline = deadline ?? .now + patience
                    if let deadline, try !hasInput(until: deadline) { break }
                }
                end -= start
                try fill()
            }
        }
        if isAtEnd && lines < Self.lineLimit && end < buffer.count
            && buffer[end...].firstIndex(of: UInt8(ascii: "\n")) == nil
            && (lines == 0 || buffer.count - start <= sizeLimit)
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

    /// Waits until there is something to read, or nothing more to come.
    ///
    /// - Returns: `false` if there is neither until then.
    private func hasInput(until deadline: ContinuousClock.Instant) throws -> Bool {
        while true {
            let rest = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let count = poll(&ready, 1, Int32(max(0, rest.rounded(.up))))
            if count >= 0 { return count > 0 }
            if errno != EINTR { throw FileError(path: path, operation: "read", code: errno) }
        }
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
