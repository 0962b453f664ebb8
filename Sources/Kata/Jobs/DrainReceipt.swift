/// What a drain did with the jobs that were on the queue or in a handler's hands when it began.
public struct DrainReceipt: Hashable, Sendable {
    /// Jobs that are done, or failed for good, since the drain began.
    public var finished: Int
    /// Jobs that went back to pending without having been started.
    public var wentBack: Int
    /// Jobs that were cut off in a handler, and went back to pending without that costing an attempt.
    public var cutOff: Int
    /// When the receipt was made: at the end of the drain, or just now while it goes on.
    public var at: Timestamp

    /// Makes a receipt; without numbers it is that of a drain that found nothing to do.
    public init(finished: Int = 0, wentBack: Int = 0, cutOff: Int = 0, at: Timestamp) {
        self.finished = finished
        self.wentBack = wentBack
        self.cutOff = cutOff
        self.at = at
    }
}
