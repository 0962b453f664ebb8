/// A handler with one middleware around it.
struct MiddlewareHandler: JobHandler {
    let middleware: any JobMiddleware
    let handler: any JobHandler

    func handle(_ job: Job, in context: JobContext) async throws {
        try await middleware.handle(job, in: context) { try await handler.handle($0, in: $1) }
    }

    var nominalDuration: Duration? { handler.nominalDuration }
    var intake: (any JobIntake)? { handler.intake }
    var status: PluginStatus? { handler.status }
    func drainBegan() { handler.drainBegan() }
    func stop() async { await handler.stop() }
}
