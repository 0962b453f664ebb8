import Kata

/// A handler whose calls are counted while they are under way.
struct WatchedHandler: JobHandler {
    let handler: any JobHandler
    let hands: Hands

    var nominalDuration: Duration? { handler.nominalDuration }
    var intake: (any JobIntake)? { handler.intake }
    var status: PluginStatus? { handler.status }

    func handle(_ job: Job, in context: JobContext) async throws {
        try await hands.hold { try await handler.handle(job, in: context) }
    }

    func stop() async {
        await hands.hold { await handler.stop() }
    }
}
