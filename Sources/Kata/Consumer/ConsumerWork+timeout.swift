/// How long an attempt may take.
extension ConsumerWork {
    /// How late an attempt may be cut off whose handler waited for something that is not its own.
    private static let waitingInterval = Duration.milliseconds(50)

    /// Cuts the job off when its time is over; `nil` if it may take for ever. The handler's own time counts, and not
    /// what it waited for, as it says itself.
    @inline(never)
    func startTimer(_ consumer: Consumer) -> Task<Void, any Error>? {
        let job = consumer.job
        guard let limit = job.timeout ?? policy.timeout else { return nil }
        let report = consumer.report
        // A child task would have to be waited for; this task ends by itself.
        return Task(executorPreference: runtime.executor) { [clock = runtime.clock] in
            var rest = limit
            var waitedBefore = Duration.zero
            while rest > .zero {
                try await clock.sleep(for: rest)
                // As long as the handler has waited meanwhile, it is still to have.
                let waited = report.waited(until: clock.now)
                rest = waited.time - waitedBefore
                waitedBefore = waited.time
                if waited.isWaiting { rest = max(rest, Self.waitingInterval) }
            }
            consumer.cut(job.id, attempt: job.attempt, .timedOut(limit))
        }
    }
}
