public import Kata

/// How large the write-ahead log of a database is, and what keeps it so.
public struct WriteAheadLogState: Hashable, Sendable {
    /// Somebody who reads an old state of the database. As long as that goes on, nothing that was written since can leave
    /// the log, which grows with every commit.
    public struct Reader: Hashable, Sendable {
        /// The process that reads; `nil` if it can't be seen from this one.
        public let process: Int32?
        /// What that process was started as, or what this process reads; `nil` if that can't be told.
        public let command: String?
        /// Since when it has been reading, as far as that was seen.
        public let since: Timestamp

        /// Who reads, in a few words.
        public var description: String {
            guard let process else { return "a process that can't be seen from here" }
            return "process \(process)" + (command.map { " (\($0))" } ?? "")
        }
    }

    /// The size of the log's file, in bytes.
    public let bytes: Int64
    /// Who keeps the log from being reset; `nil` if nobody does, or it is not large.
    public let oldestReader: Reader?

    /// Makes a state.
    public init(bytes: Int64 = 0, oldestReader: Reader? = nil) {
        self.bytes = bytes
        self.oldestReader = oldestReader
    }
}
