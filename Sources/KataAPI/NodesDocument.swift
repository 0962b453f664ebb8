public import Kata

/// What `GET /v1/nodes` and `kata-ctl status --nodes --json` say: the daemons that work with the same database.
public struct NodesDocument: Codable, Hashable, Sendable {
    /// One daemon.
    public struct Node: Codable, Hashable, Sendable {
        /// Its name, as `node` in its configuration says.
        public let name: String
        /// `alive`; `silent` if its lease is over and nobody has taken over its work yet; `gone` if somebody has; `stopped` if it has
        /// ended in good order.
        public let state: String
        /// The version of its daemon.
        public let version: String
        /// When it began, in ISO 8601.
        public let since: String
        /// When it showed its last sign of life, in ISO 8601.
        public let seen: String
        /// What it does; none if it has ended.
        public let pipelines: [Pipeline]
    }

    /// What a node does with a pipeline, as it said last.
    public struct Pipeline: Codable, Hashable, Sendable {
        /// The pipeline's name.
        public let name: String
        /// As in ``StatusDocument/Pipeline/state``.
        public let state: String
        /// How many workers it has there.
        public let workerCount: Int
        /// How many of them have a job in hand.
        public let running: Int
        /// How many jobs it was done with in a second, lately.
        public let rate: Double
    }

    /// The name of the node that answers.
    public let node: String
    /// In order of their names: those that work now, and those that did within the last day.
    public let nodes: [Node]

    /// Describes nodes.
    ///
    /// - Parameter node: the one that answers.
    public init(_ records: [NodeRecord], from node: String) {
        self.node = node
        nodes = records.map { record in
            Node(
                name: record.name, state: record.state.rawValue, version: record.version, since: record.since.iso8601,
                seen: record.seen.iso8601,
                pipelines: record.report.pipelines.map { pipeline in
                    Pipeline(
                        name: pipeline.name, state: pipeline.state, workerCount: pipeline.workers,
                        running: pipeline.running, rate: (pipeline.rate * 10).rounded() / 10)
                })
        }
    }
}
