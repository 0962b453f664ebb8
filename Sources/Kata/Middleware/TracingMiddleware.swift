public import Tracing

/// Puts a span around each attempt, so that what the handler calls belongs to it. An error is recorded with the span.
///
/// The span's name is `process PIPELINE`, and its attributes are those of OpenTelemetry for messaging, with
/// `kata.attempt` and `kata.consumer.id`.
public struct TracingMiddleware: JobMiddleware {
    private let tracer: any Tracer

    /// - Parameter tracer: makes the spans; the tracer that the program was set up with, unless told otherwise. So a
    ///   tracing system is to be set up before.
    public init(tracer: any Tracer = InstrumentationSystem.tracer) {
        self.tracer = tracer
    }

    /// Handles the job within a span of its own. An error is recorded and passed on.
    public func handle(_ job: Job, in context: JobContext, next: Next) async throws {
        try await tracer.withSpan("process \(context.pipeline)", ofKind: .consumer) { span in
            span.attributes["messaging.system"] = "kata"
            span.attributes["messaging.operation.type"] = "process"
            span.attributes["messaging.destination.name"] = context.pipeline
            span.attributes["messaging.message.id"] = "\(job.id)"
            span.attributes["kata.attempt"] = job.attempt
            span.attributes["kata.consumer.id"] = context.consumerID
            if let origin = origin(of: job) { span.addLink(SpanLink(context: origin, attributes: [:])) }
            try await next(job, context)
        }
    }

    /// What the tracer makes of where the job comes from. The attempt may be made long after, and several times: so it is no
    /// part of that span, and refers to it.
    private func origin(of job: Job) -> ServiceContext? {
        guard let parent = job.traceParent else { return nil }
        var context = ServiceContext.topLevel
        tracer.extract(["traceparent": parent.text], into: &context, using: DictionaryExtractor())
        return context
    }

    private struct DictionaryExtractor: Extractor {
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key.lowercased()] }
    }
}
