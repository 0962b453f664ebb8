/// What a node's own transactions have shown of what all nodes did.
public struct StoreFindings: Sendable {
    /// How far runs are that were changed.
    public var tallies: [RunTally] = []
    /// Whether this node had been taken for gone, so that others may do what it had in hand.
    public var lostSession = false
    /// Nodes that had shown no sign of life for so long that this one has taken over what they had.
    public var takenOver: [String] = []

    /// Nothing.
    public init() {}
}
