public import Kata

/// What a request to cancel or retry jobs answers.
public struct ChangeDocument: Codable, Hashable, Sendable {
    /// How many jobs it changed.
    public let changed: Int

    public init(changed: Int) {
        self.changed = changed
    }
}

/// Which jobs a request to prune is about.
public struct JobIDsDocument: Codable, Hashable, Sendable {
    public let ids: [Int64]

    public init(ids: [Int64]) {
        self.ids = ids
    }
}

/// What a request to pause, resume or scale a pipeline answers.
public struct PipelineStateDocument: Codable, Hashable, Sendable {
    public let pipeline: String
    public let state: String
    public let workerCount: Int

    public init(_ status: PipelineStatus) {
        pipeline = status.name
        state = status.state.rawValue
        workerCount = status.workerCount
    }
}
