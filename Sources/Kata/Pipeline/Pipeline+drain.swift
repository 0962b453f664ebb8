import Logging
import Synchronization

extension Pipeline {
    /// Takes no more: the producer stops, consumers finish what is on the queue and in hand, then ``run(_:)`` returns.
    ///
    /// What is on the queue of a paused pipeline goes back.
    public func drain() {
        // Before the latch opens, because what finishes from here on is finished by the drain; and after it again, for
        // a session that began in between.
        beginDrainOfSession()
        takesNoMore.open()
        beginDrainOfSession()
        gate.close()
        runQueue.finish()
    }

    /// Waits until a drain begins; returns at once if it has begun.
    ///
    /// - Throws: `CancellationError` if the task is cancelled first.
    public func drainBegan() async throws {
        try await takesNoMore.wait()
    }

    /// Hands back what is not finished: cuts off the handlers and leaves the rest of the queue. Implies ``drain()``.
    public func giveUp() {
        drain()
        givesUp.open()
    }

    /// What a drain would do that begins now. Nothing is begun by that.
    ///
    /// - Parameter timeout: what a drain may take before it gives up.
    public func drainForecast(timeout: Duration) -> DrainForecast {
        let progress = state.withLock { $0.current }?.session.progress
        let handled = progress?.current.handled ?? (count: 0, milliseconds: 0)
        let average = handled.count > 0 ? Duration.milliseconds(handled.milliseconds) / handled.count : nil
        return DrainForecast(
            status: status(), duration: configuration.handler.nominalDuration ?? average, timeout: timeout,
            hasRate: configuration.limits.rate != nil || configuration.limits.ratePerKey != nil,
            isHandlerDown: breaker.nextTrial != nil)
    }

    /// Says what the drain did, in the store and in the log.
    func leaveReceipt() async throws {
        let receipt =
            state.withLock { $0.current }?.session.progress.receipt() ?? DrainReceipt(at: runtime.wallClock.now())
        lastDrain.withLock { $0 = receipt }
        try await recorder.perform { [name] transaction in try transaction.saveDrain(receipt, of: name) }
        logger.notice(
            "drained",
            metadata: [
                "finished": "\(receipt.finished)", "went_back": "\(receipt.wentBack)", "cut_off": "\(receipt.cutOff)",
            ]
        )
    }

    private func beginDrainOfSession() {
        if case .running(let current) = state.withLock({ $0.phase }) { current.session.progress.beginDrain() }
    }
}
