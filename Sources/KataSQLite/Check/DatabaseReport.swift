/// What a check of a database has found.
public struct DatabaseReport: Hashable, Sendable {
    /// One thing that was looked at.
    public struct Part: Hashable, Sendable {
        /// A word for programs, such as `pages`.
        public let name: String
        /// The same for people.
        public let title: String
        /// What was found to be wrong, as sentences without a full stop; at most ``faultLimit``.
        public let faults: [String]
        /// Whether there is more that is wrong than ``faults`` says.
        public let hasMore: Bool

        init(name: String, title: String, found: [String]) {
            self.name = name
            self.title = title
            faults = Array(found.prefix(faultLimit))
            hasMore = found.count > faultLimit
        }
    }

    /// How many faults of one kind are told at the most.
    public static let faultLimit = 20

    /// The path of the database.
    public let path: String
    /// The version of its schema.
    public let schema: Int
    /// Its size without the write-ahead log, in bytes.
    public let bytes: Int64
    /// What was looked at, in that order. Where the pages are damaged, nothing else is looked at.
    public let parts: [Part]
    /// Whether what the tables say was compared: that is only done with the current schema.
    public let isCompared: Bool

    /// Whether nothing is wrong.
    public var isSound: Bool { parts.allSatisfy(\.faults.isEmpty) }
    /// Whether the file itself is whole, whatever its tables say.
    public var isWhole: Bool { parts.first?.faults.isEmpty ?? false }
}
