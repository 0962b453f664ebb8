/// How many items a source has.
public enum SourceExtent: Sendable {
    /// As many as the configuration's `item_count` says.
    case counted
    /// As many as there are; it ends by itself.
    case bounded
    /// It never ends.
    case endless
}
