/// Which node has a job, or can do it.
public struct JobHolding: Hashable, Sendable {
    /// The node that has claimed it; `nil` if none has.
    public var holder: String?
    /// The only node that can do it; `nil` if any can.
    public var only: String?
    /// Whether that one shows signs of life.
    public var isAlive: Bool

    /// Which node has a job.
    public init(holder: String?, only: String?, isAlive: Bool) {
        self.holder = holder
        self.only = only
        self.isAlive = isAlive
    }
}
