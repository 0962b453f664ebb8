/// What keeps a pipeline from work, for people.
public struct Trouble: Hashable, Sendable {
    /// The part of a pipeline that is in trouble.
    public enum Part: Int, Hashable, Sendable, CaseIterable {
        /// The pipeline itself, such as when its jobs can't be read.
        case pipeline
        /// Its handler can do no job at all, whichever it is given.
        case handler
        /// Its source gives no items.
        case source
        /// Its export is behind; its jobs are done all the same.
        case export
    }

    /// Which part of the pipeline is in trouble.
    public let part: Part
    /// What went wrong last, in one line.
    public let reason: String
    /// When the trouble began, since when it has gone on; `nil` if that is not known.
    public let since: Timestamp?
    /// How many times in a row the part has failed, at least once.
    public let failures: Int
}

extension Trouble.Part: Comparable {
    /// The part without which less is done comes first.
    public static func < (left: Trouble.Part, right: Trouble.Part) -> Bool { left.rawValue < right.rawValue }
}
