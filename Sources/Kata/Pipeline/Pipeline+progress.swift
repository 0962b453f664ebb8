import Synchronization

extension Pipeline {
    /// Whether jobs are begun that could be. A job in a handler's hands may take as long as it likes.
    package var progress: ProgressCheck {
        ProgressCheck("pipeline '\(name)'") { [self] in progressReading() }
    }

    private func progressReading() -> ProgressReading {
        guard case .running(let current) = state.withLock({ $0.phase }), mayBeginJobs else { return .idle }
        let session = current.session
        let hands = Consumer.Hands(of: current.pool.consumers)
        let depth = session.gauge?.depth ?? 0
        let counters = session.progress.current
        var reading = ProgressReading(steps: counters.steps(hands, depth), isDue: false)
        if session.isolation != nil && hands.handling > 0 {
            // One of the jobs may have to be alone.
        } else if hands.holding > 0 && session.rateLimiter == nil {
            reading.isDue = true
            reading.waiting = "\(counted(hands.holding, "job")) that consumers have in hand and do not begin"
        } else if depth > 0 && hands.waiting > 0 {
            reading.isDue = true
            reading.waiting = "\(counted(depth, "job")) on the queue, which idle consumers do not take"
        } else if hands.waiting > 0 && !configuration.limits.limitAnything {
            let ready = counters.counts.pending - counters.inFlight
            reading.isDue = ready > 0
            reading.waiting = "\(counted(ready, "job")) that are ready and do not come onto the queue"
            // The producer sleeps after each.
            reading.allowance = configuration.interval
            // One that has not begun would do the same again, for instance because the store counts jobs that it does not have.
            reading.restartHelps = session.progress.hasProduced(counters)
        }
        return reading
    }

    /// Whether nothing is known that keeps jobs from being begun: a pause, a drain, a store that takes no writes, a handler that
    /// can do none.
    private var mayBeginJobs: Bool {
        !takesNoMore.isOpen && !gate.isShut && recorder.outage == nil && troubles[.pipeline] == nil
            && troubles[.handler] == nil && breaker.nextTrial == nil && configuration.handler.status?.problem == nil
    }
}

extension RunProgress.Counters {
    /// Another value after each job that was put on the queue, begun, or done with.
    fileprivate func steps(_ hands: Consumer.Hands, _ depth: Int) -> UInt64 {
        var hasher = Hasher()
        for count in [produced, handled.count, cutOff, wentBack, inFlight, depth, hands.holding, hands.handling] {
            hasher.combine(count)
        }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
