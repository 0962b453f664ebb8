import Kata
import KataAPI
import Logging
import NIOCore
import NIOHTTP1

/// The route that takes jobs.
struct SubmitRoutes {
    let service: any ControlService
    let logger: Logger

    /// From how many bytes on a body is not parsed on the event loop, where all other requests would wait for it.
    private static let largeBody = 1 << 15

    func add(to router: inout HTTPRouter) {
        router.post("/v1/pipelines/:name/jobs", types: [MediaType.json] + MediaType.lines) { request in
            let pipeline = try service.pipeline(request.pipelineName)
            try request.authorize(submittingTo: pipeline)
            let body = try await body(of: request)
            let key = try idempotencyKey(of: request, fingerprint: body.fingerprint)
            if let lateness = body.lateness {
                guard let key, let before = try await pipeline.earlierAnswer(to: key) else { throw lateness }
                return created(SubmitDocument(before))
            }
            let jobs = body.jobs(from: Self.trace(of: request))
            let submitted = SubmitDocument(try await pipeline.submit(jobs, key: key))
            if pipeline.configuration.handler.intake != nil { note(submitted, of: pipeline, by: request.peer) }
            return created(submitted)
        }
    }

    /// Says in the log who has submitted jobs, where not everybody may.
    private func note(_ submitted: SubmitDocument, of pipeline: Pipeline, by peer: Peer) {
        guard let first = submitted.ids.first else { return }
        logger.info(
            "jobs submitted",
            metadata: [
                "pipeline": "\(pipeline.name)", "job": "\(first)", "count": "\(submitted.ids.count)", "uid": "\(peer)",
            ])
    }

    private func created(_ submitted: SubmitDocument) -> HTTPResponse {
        HTTPResponse(json: submitted.json, status: .created)
    }

    private func body(of request: HTTPRequest) async throws -> JobsBody {
        let format: JobsBody.Format = MediaType.lines.contains(request.mediaType ?? "") ? .many : .one
        let buffer = try request.wholeBody()
        let now = service.wallClock.now()
        if buffer.readableBytes < Self.largeBody { return try JobsBody(buffer, format: format, now: now) }
        return try await awayFromEventLoop { try JobsBody(buffer, format: format, now: now) }
    }

    /// A header that can't be understood counts as none, as the standard has it: it is often added by something on the way.
    private static func trace(of request: HTTPRequest) -> TraceParent? {
        let headers = request.headers["traceparent"]
        return headers.count == 1 ? TraceParent(headers[0]) : nil
    }

    private func idempotencyKey(of request: HTTPRequest, fingerprint: Int64) throws -> IdempotencyKey? {
        guard let text = request.headers.first(name: "Idempotency-Key") else { return nil }
        guard (1...NewJob.keyLimit).contains(text.utf8.count) else {
            throw ProblemDocument(
                status: 400, title: "Bad header", detail: "Idempotency-Key must have 1 to \(NewJob.keyLimit) bytes")
        }
        return IdempotencyKey(text, fingerprint: fingerprint)
    }
}
