/// How far a source was read into the store; saved with the items, in the same transaction.
public enum SourceProgress: Hashable, Sendable {
    case start
    /// What the source said to go on from.
    case at(cursor: String)
    case exhausted
}
