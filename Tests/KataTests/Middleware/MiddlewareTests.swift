import InMemoryTracing
import KataTestSupport
import Logging
import Testing
import Tracing

@testable import Kata

@Suite("Middleware")
struct MiddlewareTests {
    private struct Trouble: Error {}

    private let job = Job(id: 7, runID: 1, item: "x", attempt: 2)

    @Test("is around every handler, the first outermost, and can change what goes in and what comes out")
    func order() async throws {
        let notes = Notes<String>()
        var registry = PluginRegistry()
        registry.register(handler: "test") { _, _ in
            TestHandler(nominalDuration: .seconds(3)) { job in
                notes.add("handle \(job.item)")
                throw Trouble()
            }
        }
        registry.add(middleware: Noting(name: "outer", notes: notes))
        registry.add(middleware: Noting(name: "inner", notes: notes))
        let handler = try #require(Self.make("test", registry))
        #expect(handler.nominalDuration == .seconds(3))
        await #expect(throws: JobFailure("outer saw inner saw Trouble()")) {
            try await handler.handle(job, in: Self.context(job))
        }
        #expect(
            notes.all == [
                "outer before x", "inner before x+outer", "handle x+outer+inner", "inner after", "outer after",
            ])
    }

    @Test("that traces puts a span around the handler, with the error")
    func tracing() async throws {
        let tracer = InMemoryTracer()
        let middleware = TracingMiddleware(tracer: tracer)
        await #expect(throws: Trouble.self) {
            try await middleware.handle(job, in: Self.context(job)) { _, _ in
                #expect(tracer.activeSpans.count == 1)
                throw Trouble()
            }
        }
        let span = try #require(tracer.finishedSpans.first)
        #expect(span.operationName == "process p")
        #expect(span.kind == .consumer)
        #expect(span.attributes.get("messaging.message.id") == .string("7"))
        #expect(span.attributes.get("messaging.destination.name") == .string("p"))
        #expect(span.attributes.get("kata.attempt") == .int64(2))
        #expect(span.errors.count == 1)
    }

    @Test("that traces refers to where the job comes from, if that is known")
    func links() async throws {
        let tracer = InMemoryTracer()
        let middleware = TracingMiddleware(tracer: tracer)
        var traced = job
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        traced.traceParent = TraceParent(text)
        try await middleware.handle(job, in: Self.context(job)) { _, _ in }
        try await middleware.handle(traced, in: Self.context(traced)) { _, _ in }
        #expect(tracer.finishedSpans.map(\.links.count) == [0, 1])
        let extraction = try #require(tracer.performedContextExtractions.first)
        #expect(extraction.carrier as? [String: String] == ["traceparent": text])
    }

    @Test("that logs says how an attempt ended, with the job's id")
    func logging() async throws {
        let lines = Notes<String>()
        let logger = Logger(label: "test") { _ in NotingLogHandler(lines: lines) }
        let middleware = LoggingMiddleware(level: .info)
        try await middleware.handle(job, in: Self.context(job, logger)) { _, _ in }
        try? await middleware.handle(job, in: Self.context(job, logger)) { _, _ in throw Trouble() }
        await cutOff {
            try await middleware.handle(job, in: Self.context(job, logger)) { _, _ in try Task.checkCancellation() }
        }
        #expect(
            lines.all.map { $0.split(separator: " seconds=")[0] } == [
                "info job done attempt=2 consumer=c3 job=7",
                "info attempt failed attempt=2 consumer=c3 error=Trouble() job=7",
                "info job cut off attempt=2 consumer=c3 error=CancellationError() job=7",
            ])
    }

    @Test("may give the handler another logger")
    func logger() async throws {
        let lines = Notes<String>()
        let context = Self.context(job, Logger(label: "test") { _ in NotingLogHandler(lines: lines) })
        try await MiddlewareHandler(middleware: Tenant(), handler: Greeter()).handle(job, in: context)
        #expect(lines.all == ["notice hello job=7 tenant=a"])
    }

    /// Runs it in a task that is cancelled.
    private func cutOff(_ body: @escaping @Sendable () async throws -> Void) async {
        let task = Task {
            try? await Latch().wait()
            try? await body()
        }
        task.cancel()
        await task.value
    }

    private static func context(
        _ job: Job, _ logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) -> JobContext {
        JobContext(job: job, pipeline: "p", consumerID: "c3", logger: logger)
    }

    private static func make(_ name: String, _ registry: PluginRegistry) -> (any JobHandler)? {
        let node = ConfigurationNode(.map([]), origin: .setting("test"))
        var section = ConfigurationSection(node, title: "test", report: .init())
        return registry.makeHandler(named: name, &section, context: PluginContext(logger: Logger(label: "test")))
    }
}

private struct Tenant: JobMiddleware {
    func handle(_ job: Job, in context: JobContext, next: Next) async throws {
        var context = context
        context.logger[metadataKey: "tenant"] = "a"
        try await next(job, context)
    }
}

private struct Greeter: JobHandler {
    func handle(_ job: Job, in context: JobContext) async throws {
        context.logger.notice("hello")
    }
}

/// Says when it is called, marks the item, and changes the error.
private struct Noting: JobMiddleware {
    let name: String
    let notes: Notes<String>

    func handle(_ job: Job, in context: JobContext, next: Next) async throws {
        notes.add("\(name) before \(job.item)")
        do {
            var job = job
            job.item += "+\(name)"
            try await next(job, context)
        } catch {
            notes.add("\(name) after")
            throw JobFailure("\(name) saw \(error)")
        }
    }
}

/// Notes the lines down.
private struct NotingLogHandler: LogHandler {
    let lines: Notes<String>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(lines: Notes<String>) {
        self.lines = lines
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        lines.add("\(event.level) \(event.message)" + all.map { " \($0.key)=\($0.value)" }.joined())
    }
}
