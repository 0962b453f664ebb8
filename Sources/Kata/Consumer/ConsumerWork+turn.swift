/// The turn of a job in a pipeline that has a rate.
extension ConsumerWork {
    /// Waits for the turn of the job in hand, and has the store know of its beginning if the rate is to outlive the daemon.
    ///
    /// - Returns: `false` if its turn does not come, because of a drain.
    /// - Throws: `CancellationError` if the task was cancelled; ``RecorderFailure`` if the store failed.
    @inline(never)
    func waitForTurn(_ consumer: Consumer, _ rateLimiter: RateLimiter) async throws -> Bool {
        // A pause may begin while the job waits for its turn.
        repeat {
            // A job that a rate holds back goes back at a drain, as one that a pause holds back does.
            guard try await rateLimiter.wait(for: consumer.job, unless: takesNoMore) else { return false }
            let wasShut = gate.isShut
            guard try await gate.pass() else { return false }
            if !wasShut { break }
        } while true
        if let interval = rateLimiter.lastingInterval {
            try await saveStart(rateLimiter.keysLast ? consumer.job.key : nil, interval)
        }
        return true
    }

    /// Waits until the store knows: were the daemon ended before, another job could begin too early after it.
    private func saveStart(_ key: String?, _ interval: Duration) async throws {
        try await recorder.perform { [pipeline, runtime] transaction in
            let now = runtime.wallClock.now()
            try transaction.saveStart(
                pipeline: pipeline, key: key, at: now, forgettingBefore: now.advanced(by: .zero - interval))
        }
    }
}
