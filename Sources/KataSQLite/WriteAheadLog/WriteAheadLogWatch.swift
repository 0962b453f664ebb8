import CLinux
import Glibc
public import Kata
import Synchronization

/// Looks how large the write-ahead log of a database is that is open in this process, and who keeps it so.
public final class WriteAheadLogWatch: Sendable {
    /// What the log is cut to when it is reset (`journal_size_limit`), in bytes. Usually it is reset at 4 MiB.
    public static let sizeLimit: Int64 = 32 << 20

    private struct State {
        var index: (file: FileIdentity, descriptor: Int32)?
        /// The oldest reader at the last look, and when it was first seen.
        var oldest: (mark: WriteAheadLogIndex.ReadMark, since: Timestamp)?
    }

    private let path: String
    private let limit: Int64
    private let reads: ReadsInProgress
    private let state = Mutex(State())

    /// - Parameters:
    ///   - path: of the database.
    ///   - reads: what this process reads from it.
    ///   - limit: who reads a state since which the log has grown by less, in bytes, is not worth telling.
    public init(path: String, reads: ReadsInProgress, limit: Int64 = WriteAheadLogWatch.sizeLimit) {
        self.path = path
        self.reads = reads
        self.limit = limit
    }

    /// Looks at the log now. Costs a few system calls, and holds nobody up. Blocks if the file system does.
    public func look(at time: Timestamp = .now()) -> WriteAheadLogState {
        let bytes = max(0, clinux_file_size(path + "-wal"))
        let found = state.withLock { state in
            guard let index = readIndex(&state.index), let mark = index.oldest else {
                state.oldest = nil
                return WriteAheadLogState.Reader?.none
            }
            if state.oldest?.mark != mark { state.oldest = (mark, time) }
            if index.bytes(since: mark) <= limit { return nil }
            return self.reader(mark, since: state.oldest?.since ?? time)
        }
        return WriteAheadLogState(bytes: bytes, oldestReader: found)
    }

    private func reader(_ mark: WriteAheadLogIndex.ReadMark, since: Timestamp) -> WriteAheadLogState.Reader {
        switch mark.process {
        case 0: return .init(process: nil, command: nil, since: since)
        case getpid():
            guard let read = reads.oldest else {
                return .init(process: mark.process, command: "this daemon", since: since)
            }
            return .init(process: mark.process, command: "this daemon, \(read.purpose)", since: min(since, read.began))
        default: return .init(process: mark.process, command: commandLine(of: mark.process), since: since)
        }
    }

    private func readIndex(_ open: inout (file: FileIdentity, descriptor: Int32)?) -> WriteAheadLogIndex? {
        let path = path + "-shm"
        guard let file = FileIdentity(ofName: path) else { return nil }
        if let open, open.file == file { return WriteAheadLogIndex(of: open.descriptor) }
        // To close a descriptor of the file would end all locks that SQLite has on it in this process, so the one that is in
        // use is never closed. Another file means that the database was opened anew, and nobody uses the old one.
        if let open { close(open.descriptor) }
        open = nil
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        if descriptor < 0 { return nil }
        open = (file, descriptor)
        return WriteAheadLogIndex(of: descriptor)
    }
}

/// The command line of a process, shortened; `nil` if it is not to be seen.
private func commandLine(of process: Int32) -> String? {
    guard let bytes = try? BoundedFile.read("/proc/\(process)/cmdline", limit: 1 << 16) else { return nil }
    let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    return words.isEmpty ? nil : words.joined(separator: " ").printable.shortened(to: 80)
}
