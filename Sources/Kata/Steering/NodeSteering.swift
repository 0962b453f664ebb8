/// The daemons that work with the same store, and what is asked of them.
public struct NodeSteering: Sendable {
    private let recorder: Recorder
    private let store: any SharedJobStore

    /// - Parameters:
    ///   - recorder: makes the changes.
    ///   - store: the one that the recorder writes to.
    /// - Returns: `nil` if the daemon has the store for itself.
    public init?(recorder: Recorder, store: any JobStoreReader) {
        guard let store = store as? any SharedJobStore else { return nil }
        self.recorder = recorder
        self.store = store
    }

    /// The name of this daemon's node.
    public var node: String { store.node }

    /// The nodes that work with the store, or did within the last day, in order of their names.
    ///
    /// - Throws: what the store threw.
    public func all() async throws -> [NodeRecord] { try await store.nodes() }

    /// Has a node work on a pipeline with so many workers, as soon as it hears of that.
    ///
    /// - Returns: whether there is such a node, with such a pipeline.
    /// - Throws: ``StoreFailure`` if the store takes no writes now; ``RecorderFailure`` if it failed.
    public func scale(_ pipeline: String, on node: String, to workers: Int) async throws -> Bool {
        try await recorder.perform(waits: false) { [store] transaction in
            try store.scale(pipeline, on: node, to: workers, in: transaction)
        }
    }
}
