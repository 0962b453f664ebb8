/// What a request to scale a pipeline on another node answers. The node is told, and has done so a moment later.
public struct NodeWorkersDocument: Codable, Hashable, Sendable {
    /// The node's name.
    public let node: String
    /// The pipeline's name.
    public let pipeline: String
    /// How many workers the pipeline is to have there.
    public let workerCount: Int

    /// What was asked for.
    public init(node: String, pipeline: String, workerCount: Int) {
        self.node = node
        self.pipeline = pipeline
        self.workerCount = workerCount
    }
}
