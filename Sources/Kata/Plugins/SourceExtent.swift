/// How many items a source has in a run.
public enum SourceExtent: Sendable {
    /// As many as the configuration's `item_count` says.
    case counted
    /// As many as there are; the source says when it is exhausted.
    case bounded
    /// Without end: the source waits for more, and its run is never finished.
    case endless
}
