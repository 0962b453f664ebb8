/// How far a source was read into the store; saved with the items, in the same transaction.
public enum SourceProgress: Hashable, Sendable {
    /// Nothing was read.
    case start
    /// The source goes on from a cursor that it gave itself, and that only it understands.
    case at(cursor: String)
    /// Everything was read, and nothing more will come in this run.
    case exhausted
}
