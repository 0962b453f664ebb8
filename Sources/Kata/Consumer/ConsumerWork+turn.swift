/// What a job in hand waits for before it begins: the jobs that have to be done alone, a pause, a handler that is down, and its turn
/// where the pipeline has a rate.
extension ConsumerWork {
    /// Waits until the job in hand may begin. A job that may is left to ``process(_:)``, which has it leave the isolation.
    ///
    /// - Returns: `false` if its turn does not come, because of a drain.
    /// - Throws: `CancellationError` if the task was cancelled, so that a handler would be cut off.
    @inline(never)
    func mayBegin(_ consumer: Consumer) async throws -> Bool {
        guard let isolation = session.isolation else { return try await pass(consumer) }
        // First of all: a job that waits to be alone uses up no turn, and is not the one that tries the handler.
        try await isolation.enter(isSuspect: policy.isSuspect(consumer.job))
        do {
            if try await pass(consumer) { return true }
        } catch {
            isolation.leave()
            throw error
        }
        isolation.leave()
        return false
    }

    /// Waits for the end of a pause, while the handler can do no job, and for the turn of the job in hand.
    ///
    /// - Returns: `false` if its turn does not come, because of a drain.
    /// - Throws: `CancellationError` if the task was cancelled.
    @inline(never)
    private func pass(_ consumer: Consumer) async throws -> Bool {
        // While nothing can be recorded, nothing is done that would have to be.
        guard try await recorder.availability.pass(unless: takesNoMore) else { return false }
        if let claims = session.claims, !claims.areValid() {
            // The consumers are about to be cut off.
            session.isLost.open()
            try await Latch().wait()
        }
        guard try await gate.pass() else { return false }
        // Before the turn, or all whose turns had passed would begin at once when the handler works again.
        while session.breaker.holdsJobs {
            guard try await session.breaker.pass(unless: takesNoMore) else { return false }
            // A pause may have begun meanwhile. If the job was to try the handler, another one is.
            if !gate.isShut { break }
            session.breaker.toldNothing()
            guard try await gate.pass() else { return false }
        }
        do {
            // A job that was cancelled needs no turn.
            if let rateLimiter = session.rateLimiter, !session.cancelledJobs.contains(consumer.job),
                try await !waitForTurn(consumer, rateLimiter)
            {
                session.breaker.toldNothing()
                return false
            }
            try Task.checkCancellation()
            return true
        } catch {
            session.breaker.toldNothing()
            throw error
        }
    }

    /// Waits for the end of a pause that began as a job was to begin.
    ///
    /// - Returns: `false` if it does not end before a drain.
    /// - Throws: `CancellationError` if the task was cancelled.
    @inline(never)
    func waitOnceMore() async throws -> Bool {
        do {
            if try await gate.pass() { return true }
        } catch {
            session.breaker.toldNothing()
            throw error
        }
        session.breaker.toldNothing()
        return false
    }

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
