public import Kata

/// What a request to cancel or retry jobs answers.
public struct ChangeDocument: Codable, Hashable, Sendable {
    /// How many jobs the request changed.
    public let changed: Int
    /// How many jobs it was about: some may have been finished, or changed by somebody else, before their turn came. Missing
    /// where the request says only what was changed.
    public let matched: Int?

    /// An answer about that many jobs.
    public init(changed: Int, matched: Int? = nil) {
        self.changed = changed
        self.matched = matched
    }
}

/// What a request with `dry_run` answers: the jobs that it would be about.
public struct SelectionDocument: Codable, Hashable, Sendable {
    /// How many jobs there are.
    public let matched: Int
    /// Their ids, in order, and ranges of ids such as `"17-20"`.
    public let ids: JobIDs

    /// An answer about these jobs.
    public init(_ jobs: [Job.ID]) {
        matched = jobs.count
        ids = JobIDs(jobs)
    }
}
