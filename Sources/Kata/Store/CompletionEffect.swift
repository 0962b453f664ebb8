/// What it did to record the outcome of an attempt, besides that it is recorded.
public struct CompletionEffect: Hashable, Sendable {
    /// What became of jobs that wait for this one.
    public var changes: [JobChange]
    /// How long the job had waited when the attempt began, from when it was stored or due; `nil` unless the attempt has a cost.
    public var waited: Duration?

    /// Describes what was done.
    public init(changes: [JobChange] = [], waited: Duration? = nil) {
        self.changes = changes
        self.waited = waited
    }

    /// Whether there is nothing to tell, as mostly.
    var isEmpty: Bool { changes.isEmpty && waited == nil }
}
