import Synchronization

extension Pipeline {
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
}
