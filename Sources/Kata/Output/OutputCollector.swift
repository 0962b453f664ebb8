/// Takes in what the attempts of a pipeline print. Costs nothing as long as none does.
package final class OutputCollector: Sendable {
    private let limits: OutputLimits
    private let live: LiveOutputs
    private let wallClock: any WallClock

    /// - Parameters:
    ///   - limits: how much of each attempt is kept.
    ///   - live: where those who follow an output find it, and the one who saves it.
    init(limits: OutputLimits, live: LiveOutputs, wallClock: any WallClock) {
        self.limits = limits
        self.live = live
        self.wallClock = wallClock
    }

    /// An output of an attempt that is about to print its first byte.
    ///
    /// - Parameter isCopied: whether what the attempt keeps at its end is only a copy of a part of what it prints.
    func makeOutput(of job: Job, _ consumerID: String, isCopied: Bool) -> AttemptOutput {
        AttemptOutput(
            job: job, consumerID: consumerID, limits: limits, beganAt: wallClock.now(), holdsKept: isCopied)
    }

    /// Takes in bytes of an attempt.
    ///
    /// - Parameter isFirst: whether these are the first ones.
    func take(
        _ block: UnsafeBufferPointer<UInt8>, on stream: OutputPiece.Stream, into output: AttemptOutput, isFirst: Bool
    ) {
        let isToBeQueued = output.append(block, on: stream, at: wallClock.now())
        // With its first byte, so that nobody who waits for the output finds it empty.
        if isFirst { live.add(output) }
        if isToBeQueued { live.unsaved.enqueue(output) }
    }
}
