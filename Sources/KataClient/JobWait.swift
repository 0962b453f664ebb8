public import KataAPI

/// Waits for the ends of jobs. The daemon says when a job is finished, and a daemon that is started again is asked again.
public struct JobWait: Sendable {
    /// That the time is over, and the job is not finished.
    public struct TimedOut: Error, Hashable {}

    /// How long the daemon lets a request wait.
    private static let longest = Duration.seconds(3_600)
    /// Before a daemon is asked again that does not answer, or has answered too early.
    private static let pauses = (first: Duration.milliseconds(50), longest: Duration.seconds(2))

    private let client: ControlClient
    private let clock = ContinuousClock()
    private let deadline: ContinuousClock.Instant?
    private let onLoss: @Sendable (ControlClientError) -> Void
    private var hasAnswered: Bool

    /// - Parameters:
    ///   - client: of the daemon that has the jobs.
    ///   - timeout: how long to wait for all jobs together; `nil` means for ever.
    ///   - hasAnswered: whether that daemon is known to have been there, so that it is waited for if it does not answer.
    ///   - onLoss: called when the daemon does not answer any more, once each time.
    public init(
        _ client: ControlClient, timeout: Duration?, hasAnswered: Bool = false,
        onLoss: @escaping @Sendable (ControlClientError) -> Void = { _ in }
    ) {
        self.client = client
        self.hasAnswered = hasAnswered
        self.onLoss = onLoss
        deadline = timeout.map { ContinuousClock.now.advanced(by: $0) }
    }

    /// Waits until a job is done, failed or cancelled. A job is looked at once, even if the time is over.
    ///
    /// - Returns: the job as it is then.
    /// - Throws: ``TimedOut``; ``ControlClientError``, where it is of no use to wait; `CancellationError`.
    public mutating func end(of job: Int64) async throws -> JobDocument {
        var pause = Self.pauses.first
        var isLost = false
        while true {
            let asked = clock.now
            do {
                let document = try await client.job(job, waiting: min(timeLeft ?? Self.longest, Self.longest))
                hasAnswered = true
                isLost = false
                if document.isFinished { return document }
            } catch let error as ControlClientError where mayPass(error) {
                if !isLost { onLoss(error) }
                isLost = true
                // Whatever has closed the connection was there.
                hasAnswered = true
            }
            guard timeLeft.map({ $0 > .zero }) ?? true else { throw TimedOut() }
            // A daemon that ends answers at once, and its next one may take a while.
            if asked.duration(to: clock.now) > .seconds(1) { pause = Self.pauses.first }
            try await Task.sleep(for: min(pause, timeLeft ?? pause))
            pause = min(pause * 2, Self.pauses.longest)
        }
    }

    /// How much of the time is left, not below zero; `nil` if there is no end to it.
    public var timeLeft: Duration? { deadline.map { max(.zero, clock.now.duration(to: $0)) } }

    /// Whether the daemon may be there again soon, or have room again.
    private func mayPass(_ error: ControlClientError) -> Bool {
        switch error {
        case .notReachable: hasAnswered
        case .interrupted: true
        case .refused(let problem): problem.status == 503
        case .permissionDenied, .badAnswer: false
        }
    }
}

extension JobDocument {
    /// Whether nothing more happens to the job by itself.
    fileprivate var isFinished: Bool { ["done", "failed", "cancelled"].contains(state) }
}
