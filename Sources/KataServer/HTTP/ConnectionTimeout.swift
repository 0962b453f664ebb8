import NIOCore

/// One timer, which is set anew only where it would go off too late. So it costs nothing as long as requests come in time.
struct ConnectionTimeout {
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?

    /// - Parameter body: called at that time, or at an earlier one that was set before; it is asked once.
    mutating func set(_ deadline: NIODeadline, _ eventLoop: any EventLoop, _ body: @escaping () -> Void) {
        if let timer, timer.deadline > eventLoop.now, timer.deadline <= deadline { return }
        cancel()
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline, body)
        timer = (deadline, task)
    }

    mutating func cancel() {
        timer?.task.cancel()
        timer = nil
    }
}
