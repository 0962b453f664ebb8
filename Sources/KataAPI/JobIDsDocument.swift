/// Which jobs a request to prune is about.
public struct JobIDsDocument: Codable, Hashable, Sendable {
    /// In any order. Ids of jobs that may not be pruned are passed over.
    public let ids: [Int64]

    /// A request about these jobs.
    public init(ids: [Int64]) {
        self.ids = ids
    }
}
