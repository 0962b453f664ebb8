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
        configuration.handler.drainBegan()
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

    private func beginDrainOfSession() {
        if case .running(let current) = state.withLock({ $0.phase }) { current.session.progress.beginDrain() }
    }
}
