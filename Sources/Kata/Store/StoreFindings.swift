/// What a node's own transactions have shown of what all nodes did.
public struct StoreFindings: Sendable {
    /// How far runs are that were changed.
    public var tallies: [RunTally] = []
    /// Whether this node had been taken for gone, so that others may do what it had in hand.
    public var lostSession = false

    /// Nothing.
    public init() {}
}
