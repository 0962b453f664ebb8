/// What a drain did with the jobs that were on the queue or in a handler's hands when it began.
public struct DrainReceipt: Hashable, Sendable {
    /// Finished and recorded.
    public var finished: Int
    /// Went back to pending without having been started.
    public var wentBack: Int
    /// Cut off in a handler, and went back to pending without that costing an attempt.
    public var cutOff: Int
    public var at: Timestamp

    public init(finished: Int = 0, wentBack: Int = 0, cutOff: Int = 0, at: Timestamp) {
        self.finished = finished
        self.wentBack = wentBack
        self.cutOff = cutOff
        self.at = at
    }
}
