import Glibc
public import Kata

/// Emits the lines of a text file, each as an item. After a restart it goes on where it was.
///
/// Empty lines are left out, and a carriage return at the end of a line does not belong to it. A run ends with the last line
/// that is there; the next run reads the file again.
public struct LinesSource: JobSource, Plugin {
    /// In the configuration: `producer: { plugin: lines }`.
    public static let pluginName = "lines"

    private let path: String
    /// How much is read at a time, in bytes.
    private static let blockSize = 1 << 18

    /// Reads the key `path`. Whether the file can be read turns out with the first run.
    public init(configuration: inout ConfigurationSection, context: PluginContext) {
        path = configuration.path("path")
    }

    /// A run ends with the last line that is there.
    public var extent: SourceExtent { .bounded }

    /// Emits the next lines. The cursor is the offset of the first line that was not emitted, in bytes.
    ///
    /// - Throws: ``FileError``; ``Fault``.
    public func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        let start: Int
        switch progress {
        case .exhausted: return SourceBatch(items: [], progress: .exhausted)
        case .start: start = 0
        case .at(let cursor):
            guard let offset = Int(cursor), offset >= 0 else { throw Fault.unknownCursor(cursor) }
            start = offset
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw FileError(path: path, operation: "open", code: errno) }
        defer { close(descriptor) }
        return try readBatch(descriptor, from: start, limit: limit)
    }

    private func readBatch(_ descriptor: Int32, from start: Int, limit: Int) throws -> SourceBatch {
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size < start {
            throw Fault.shrunk(path: path, size: Int(status.st_size), offset: start)
        }
        var items: [String] = []
        // Where the text begins that is read and not emitted.
        var offset = start
        var text: [UInt8] = []
        while items.isEmpty {
            let block = try read(descriptor, at: offset + text.count)
            text += block
            var rest = text[...]
            while items.count < limit, let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
                if let item = try item(of: rest[..<newline], at: offset) { items.append(item) }
                offset += newline + 1 - rest.startIndex
                rest = rest[(newline + 1)...]
            }
            if block.isEmpty && items.count < limit {
                // The last line may lack its line break.
                if let item = try item(of: rest, at: offset) { items.append(item) }
                return SourceBatch(items: items, progress: .exhausted)
            }
            if rest.count > NewJob.itemLimit + 1 { throw Fault.tooLong(path: path, offset: offset) }
            text = Array(rest)
        }
        return SourceBatch(items: items, progress: .at(cursor: String(offset)))
    }

    private func read(_ descriptor: Int32, at offset: Int) throws -> [UInt8] {
        var failure: Int32 = 0
        let block = [UInt8](unsafeUninitializedCapacity: Self.blockSize) { buffer, count in
            let result = retryingInterrupted { pread(descriptor, buffer.baseAddress, buffer.count, offset) }
            if result < 0 { failure = errno }
            count = max(0, result)
        }
        if failure != 0 { throw FileError(path: path, operation: "read", code: failure) }
        return block
    }

    /// The item of a line; `nil` if the line is empty.
    private func item(of line: ArraySlice<UInt8>, at offset: Int) throws -> String? {
        let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        if line.isEmpty { return nil }
        if line.count > NewJob.itemLimit { throw Fault.tooLong(path: path, offset: offset) }
        guard let item = String(validating: line, as: UTF8.self) else {
            throw Fault.notUTF8(path: path, offset: offset)
        }
        return item
    }

    /// Why the lines of a file can't be items.
    enum Fault: Error, Hashable, CustomStringConvertible {
        case unknownCursor(String)
        case tooLong(path: String, offset: Int)
        case notUTF8(path: String, offset: Int)
        /// The file has fewer bytes than were read of it.
        case shrunk(path: String, size: Int, offset: Int)

        var description: String {
            switch self {
            case .unknownCursor(let cursor):
                "the lines source cannot go on from '\(cursor)': another source has written that"
            case .tooLong(let path, let offset):
                "the line at byte \(offset) of '\(path)' is longer than \(NewJob.itemLimit) bytes"
            case .notUTF8(let path, let offset): "the line at byte \(offset) of '\(path)' is not valid UTF-8"
            case .shrunk(let path, let size, let offset):
                "'\(path)' was read up to byte \(offset), and has only \(size) now; it was replaced or cut"
            }
        }
    }
}
