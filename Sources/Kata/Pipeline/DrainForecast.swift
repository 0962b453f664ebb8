import Synchronization

/// What a drain would do if it began now.
public struct DrainForecast: Hashable, Sendable {
    public let pipeline: String
    public let queued: Int
    public let running: Int
    /// How many of these would be finished in time; `nil` if nobody knows how long a job takes.
    public let finished: Int?
    /// When the last of them would be finished, or given up.
    public let within: Duration?

    /// - Parameters:
    ///   - duration: what a job takes.
    ///   - timeout: what a drain may take.
    ///   - isHeldBack: whether jobs on the queue wait for something besides a worker, so that they go back.
    init(status: PipelineStatus, duration: Duration?, timeout: Duration, isHeldBack: Bool = false) {
        pipeline = status.name
        queued = isHeldBack || status.state == .paused ? 0 : status.counts.queued
        running = status.counts.running
        guard let duration, queued + running > 0 else {
            finished = queued + running == 0 ? 0 : nil
            within = queued + running == 0 ? .zero : nil
            return
        }
        let rounds = (queued + running + status.workerCount - 1) / status.workerCount
        let roundsInTime = duration > .zero ? min(Double(rounds), timeout.seconds / duration.seconds) : Double(rounds)
        finished = min(queued + running, Int(roundsInTime) * status.workerCount)
        within = min(timeout, duration * rounds)
    }
}

extension Pipeline {
    /// What a drain would do that begins now.
    public func drainForecast(timeout: Duration) -> DrainForecast {
        let handled = state.withLock { $0.session }?.progress.current.handled ?? (count: 0, milliseconds: 0)
        let average = handled.count > 0 ? Duration.milliseconds(handled.milliseconds) / handled.count : nil
        return DrainForecast(
            status: status(), duration: configuration.handler.nominalDuration ?? average, timeout: timeout,
            isHeldBack: configuration.limits.rate != nil)
    }
}
