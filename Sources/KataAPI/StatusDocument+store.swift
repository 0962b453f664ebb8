public import Kata

extension StatusDocument {
    /// Whether what is to be recorded can be.
    public struct Store: Codable, Hashable, Sendable {
        /// `ok`; or, while nothing can be written, `full` without space, `locked` by another process, or else `failing`.
        public let state: String
        /// Since when nothing can be written, in ISO 8601; missing if the store is ok.
        public let since: String?
        /// Why nothing can be written; missing if the store is ok.
        public let reason: String?
        /// How many results of finished jobs wait for the store, while it is not ok.
        public let resultsWaiting: Int
        /// The write-ahead log of the database; missing from a daemon that does not know of it.
        public let wal: WriteAheadLog?
        /// The check of the database after an unclean end of the daemon before; missing if there was none.
        public let check: Check?

        /// - Parameters:
        ///   - outage: `nil` while the store takes writes.
        ///   - wal: its write-ahead log.
        ///   - check: `nil` if none was made.
        public init(_ outage: StoreOutage?, wal: WriteAheadLog? = nil, check: Check? = nil) {
            self.wal = wal
            self.check = check
            state = outage?.failure.cause.name ?? "ok"
            since = outage?.since.iso8601
            reason = outage.map { "\($0.failure)" }
            resultsWaiting = outage?.waiting ?? 0
        }
    }

    /// The file beside a database that what is committed goes to first.
    public struct WriteAheadLog: Codable, Hashable, Sendable {
        /// Its size.
        public let bytes: Int64
        /// Since when somebody has been reading an old state of the database, so that the log can only grow, in ISO 8601;
        /// missing if nobody does, or the log is not large.
        public let heldSince: String?
        /// Who reads, in a few words; missing if nobody does.
        public let heldBy: String?
        /// The process that reads; missing if nobody does, or if it can't be seen.
        public let heldByPid: Int32?

        /// - Parameter process: which reads, if it can be seen.
        public init(bytes: Int64, heldSince: Timestamp? = nil, heldBy: String? = nil, process: Int32? = nil) {
            self.bytes = bytes
            self.heldSince = heldSince?.iso8601
            self.heldBy = heldBy
            heldByPid = process
        }
    }

    /// A check of the pages of a database.
    public struct Check: Codable, Hashable, Sendable {
        /// `running`; `ok`; `damaged`; or `unfinished`, if some tables were left out or could not be read.
        public let state: String
        /// When it ended, in ISO 8601; missing while it is running.
        public let at: String?
        /// What is wrong, as sentences for people; missing if nothing is.
        public let faults: [String]?
        /// The tables that were left out because they are large; missing if there are none.
        public let unchecked: [String]?
        /// Why the check could not go on; missing if it could.
        public let reason: String?

        /// - Parameter time: when the check ended.
        public init(
            state: String, at time: Timestamp? = nil, faults: [String] = [], unchecked: [String] = [],
            reason: String? = nil
        ) {
            self.state = state
            at = time?.iso8601
            self.faults = faults.isEmpty ? nil : faults
            self.unchecked = unchecked.isEmpty ? nil : unchecked
            self.reason = reason
        }
    }
}
