/// What a drain would do if it began now.
public struct DrainForecast: Hashable, Sendable {
    /// The pipeline's name.
    public let pipeline: String
    /// How many jobs are on the queue.
    public let queued: Int
    /// How many jobs are in a handler's hands.
    public let running: Int
    /// How many of these jobs would be finished in time; `nil` if nobody knows how long a job takes, when its rate lets it
    /// begin, or whether its handler works again.
    public let finished: Int?
    /// How long it would take until the last of them is finished, or given up; `nil` whenever ``finished`` is.
    public let within: Duration?

    /// - Parameters:
    ///   - duration: what a job takes; `nil` if nobody knows.
    ///   - timeout: what a drain may take.
    ///   - hasRate: whether jobs on the queue wait for a rate, so that nobody knows how many go back.
    ///   - isHandlerDown: whether jobs wait for the handler to work again. A drain lets them go back, and what becomes of
    ///     those in hand nobody knows.
    init(
        status: PipelineStatus, duration: Duration?, timeout: Duration, hasRate: Bool = false,
        isHandlerDown: Bool = false
    ) {
        pipeline = status.name
        queued = status.counts.queued
        running = status.counts.running
        // At a drain, jobs that a pause, or a handler that is down, holds back go back.
        let beginning = running + (status.state == .paused || isHandlerDown ? 0 : queued)
        guard let duration, beginning > 0, queued == 0 || !hasRate, !isHandlerDown else {
            finished = beginning == 0 ? 0 : nil
            within = beginning == 0 ? .zero : nil
            return
        }
        let rounds = (beginning + status.workerCount - 1) / status.workerCount
        let roundsInTime = duration > .zero ? min(Double(rounds), timeout.seconds / duration.seconds) : Double(rounds)
        finished = min(beginning, Int(roundsInTime) * status.workerCount)
        within = min(timeout, duration * rounds)
    }
}
