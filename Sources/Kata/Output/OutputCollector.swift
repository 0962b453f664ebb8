/// Takes in what the attempts of a pipeline print. Costs nothing as long as none does.
package final class OutputCollector: Sendable {
    private let pipeline: String
    private let limits: OutputLimits
    private let live: LiveOutputs
    private let wallClock: any WallClock

    /// - Parameters:
    ///   - limits: how much of each attempt is kept.
    ///   - live: where those who follow an output find it, and the one who saves it.
    init(pipeline: String, limits: OutputLimits, live: LiveOutputs, wallClock: any WallClock) {
        self.pipeline = pipeline
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
        let now = wallClock.now()
        let isToBeQueued = output.append(block, on: stream, at: now)
        if live.events.areRead { tell(block, on: stream, by: output, at: now) }
        // With its first byte, so that nobody who waits for the output finds it empty.
        if isFirst { live.add(output) }
        if isToBeQueued { live.unsaved.enqueue(output) }
    }

    /// Tells those who look on.
    private func tell(
        _ block: UnsafeBufferPointer<UInt8>, on stream: OutputPiece.Stream, by output: AttemptOutput, at now: Timestamp
    ) {
        let text = output.text(of: block, on: stream)
        if text.isEmpty { return }
        live.events.post(.output, pipeline: pipeline, job: output.job) { json in
            json.field("attempt", output.attempt)
            json.field("stream", stream.rawValue)
            json.field("printed_at", now.iso8601)
            json.field("text", text)
        }
    }
}
