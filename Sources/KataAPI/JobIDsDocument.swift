/// Which jobs a request to prune, cancel or retry jobs is about.
public struct JobIDsDocument: Codable, Hashable, Sendable {
    /// In any order. Ids of jobs to which that can't be done are passed over.
    public let ids: [Int64]

    /// A request about these jobs.
    public init(ids: [Int64]) {
        self.ids = ids
    }
}
