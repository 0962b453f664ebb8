public import Kata

/// What a request to cancel or retry jobs answers.
public struct ChangeDocument: Codable, Hashable, Sendable {
    /// How many jobs the request changed.
    public let changed: Int

    /// An answer about that many jobs.
    public init(changed: Int) {
        self.changed = changed
    }
}

/// Which jobs a request to prune is about.
public struct JobIDsDocument: Codable, Hashable, Sendable {
    /// In any order. Ids of jobs that may not be pruned are passed over.
    public let ids: [Int64]

    /// A request about these jobs.
    public init(ids: [Int64]) {
        self.ids = ids
    }
}

/// What a request to pause, resume or scale a pipeline answers.
public struct PipelineStateDocument: Codable, Hashable, Sendable {
    /// The pipeline's name, unique within a daemon.
    public let pipeline: String
    /// `running`, `idle`, `paused` or `draining`, after the request.
    public let state: String
    /// How many consumers the pipeline is to have, after the request.
    public let workerCount: Int

    /// - Parameter status: of the pipeline, after the request.
    public init(_ status: PipelineStatus) {
        pipeline = status.name
        state = status.state.rawValue
        workerCount = status.workerCount
    }
}
