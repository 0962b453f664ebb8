import Kata

extension StatusDocument {
    /// Whether all parts of the daemon get on.
    public struct Progress: Codable, Hashable, Sendable {
        /// A part that has something to do and does not get on.
        public struct Stall: Codable, Hashable, Sendable {
            /// Which part, for people, such as `recorder`, `tasks` or `pipeline 'orders'`.
            public let part: String
            /// When it was seen to get on for the last time, in ISO 8601.
            public let since: String
            /// What is to be done, for people; missing where the part just does not answer.
            public let waiting: String?
        }

        /// `ok`, or `stalled` while there is a part that does not get on.
        public let state: String
        /// The parts that do not get on; missing if all do.
        public let stalled: [Stall]?

        init(_ stalls: [ProgressStall]) {
            state = stalls.isEmpty ? "ok" : "stalled"
            stalled =
                stalls.isEmpty ? nil : stalls.map { .init(part: $0.part, since: $0.since.iso8601, waiting: $0.waiting) }
        }
    }
}
