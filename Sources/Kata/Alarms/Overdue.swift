/// A success that did not come in time.
struct Overdue: Hashable, Sendable {
    /// The entry of a schedule that should have succeeded; `nil` if it is the pipeline as a whole.
    let entry: String?
    /// When the last success was, or when one was expected first.
    let since: Timestamp
}
