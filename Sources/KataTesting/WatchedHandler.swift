import Kata

/// A handler whose calls are counted while they are under way.
struct WatchedHandler: JobHandler {
    let handler: any JobHandler
    let hands: Hands
    /// Open once its life was cut off: a process that was killed tells its handler nothing.
    let isCutOff: Latch

    var nominalDuration: Duration? { handler.nominalDuration }
    var intake: (any JobIntake)? { handler.intake }
    var status: PluginStatus? { handler.status }

    func handle(_ job: Job, in context: JobContext) async throws {
        try await hands.hold { try await handler.handle(job, in: context) }
    }

    func drainBegan() {
        if !isCutOff.isOpen { handler.drainBegan() }
    }

    func stop() async {
        if !isCutOff.isOpen { await hands.hold { await handler.stop() } }
    }
}
