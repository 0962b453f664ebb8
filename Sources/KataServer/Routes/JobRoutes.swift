import Kata
import KataAPI
import NIOCore
import NIOHTTP1

/// The routes that take jobs, show them and steer them.
struct JobRoutes {
    let service: any ControlService
    /// From how many bytes on a body is not parsed on the event loop, where all other requests would wait for it.
    private static let largeBody = 1 << 15
    /// How many bytes of a job's error an explanation has.
    private static let explainedTextLimit = 1 << 13

    func add(to router: inout HTTPRouter) {
        router.post("/v1/pipelines/:name/jobs") { request in
            let pipeline = try service.pipeline(request.pipelineName)
            let body = try await body(of: request)
            let key = try idempotencyKey(of: request, fingerprint: body.fingerprint)
            if let lateness = body.lateness {
                guard let key, let before = try await pipeline.earlierAnswer(to: key) else { throw lateness }
                return created(SubmitDocument(before))
            }
            let jobs = try await pipeline.submit(body.jobs, key: key)
            return created(SubmitDocument(jobs))
        }
        router.get("/v1/jobs", ["pipeline", "state", "limit", "before"]) { request in
            let pages = try list(request)
            return try await awayFromEventLoop { try await HTTPResponse(pages: pages) }
        }
        router.get("/v1/jobs/:id") { request in
            try await show(request.jobID)
        }
        router.get("/v1/jobs/:id/explain") { request in
            try HTTPResponse(try await explain(request.jobID))
        }
        router.post("/v1/jobs/:id/cancel") { request in
            try await change(request.jobID, by: service.steering.cancel)
        }
        router.post("/v1/jobs/:id/retry", ["with_dependents"]) { request in
            let steering = service.steering
            guard try withDependents(request) else { return try await change(request.jobID, by: steering.retry) }
            return try await change(request.jobID) { [try await steering.retryWithDependents($0[0])] }
        }
    }

    private func withDependents(_ request: HTTPRequest) throws -> Bool {
        switch request.parameter("with_dependents") {
        case "true": return true
        case nil, "false": return false
        case _?: throw ProblemDocument.badParameter("with_dependents must be true or false")
        }
    }

    private func created(_ submitted: SubmitDocument) -> HTTPResponse {
        HTTPResponse(json: submitted.json, status: .created)
    }

    private func body(of request: HTTPRequest) async throws -> JobsBody {
        let format: JobsBody.Format
        switch request.mediaType {
        case nil, "application/json": format = .one
        case "application/x-ndjson", "application/ndjson", "application/jsonl": format = .many
        case let type?:
            throw ProblemDocument(
                status: 415, title: "Unsupported media type",
                detail: "the body is \(type), expected application/json for one job or application/x-ndjson for many"
                    .printable
            )
        }
        let buffer = try request.wholeBody()
        if buffer.readableBytes < Self.largeBody { return try JobsBody(buffer, format: format, now: .now()) }
        return try await awayFromEventLoop { try JobsBody(buffer, format: format, now: .now()) }
    }

    private func idempotencyKey(of request: HTTPRequest, fingerprint: Int64) throws -> IdempotencyKey? {
        guard let text = request.headers.first(name: "Idempotency-Key") else { return nil }
        guard (1...NewJob.keyLimit).contains(text.utf8.count) else {
            throw ProblemDocument(
                status: 400, title: "Bad header", detail: "Idempotency-Key must have 1 to \(NewJob.keyLimit) bytes")
        }
        return IdempotencyKey(text, fingerprint: fingerprint)
    }

    private func list(_ request: HTTPRequest) throws -> JobListPages {
        let limit = try request.integer("limit", in: 1...1_000) ?? 50
        let before = try request.integer("before", in: 1...Int.max).map(Job.ID.init) ?? .max
        let pipeline = try request.parameter("pipeline").map { try service.pipeline($0) }
        let consumers = busyConsumers(pipeline.map { [$0] } ?? service.pipelines)
        let records = service.records
        let textLimit = JobDocument.listTextLimit
        if request.parameter("state") == "running" {
            // Which jobs consumers have in hand, only their pipelines know.
            let ids = consumers.keys.filter { $0 < before }.sorted(by: >)
            return JobListPages(limit: limit, consumers: consumers, records: records) { last, limit in
                let page = ids.drop { id in last.map { id >= $0 } ?? false }.prefix(limit)
                return try await records.jobs(Array(page), textLimit: textLimit)
            }
        }
        var filter = JobFilter()
        filter.pipeline = pipeline?.name
        if let text = request.parameter("state") { filter.state = try state(text) }
        return JobListPages(limit: limit, consumers: consumers, records: records) { [filter] last, limit in
            try await records.jobs(filter, before: last ?? before, limit: limit, textLimit: textLimit)
        }
    }

    private func state(_ text: String) throws -> JobState {
        if let state = JobState(rawValue: text) { return state }
        let states = JobState.allCases.map(\.rawValue).joined(separator: ", ")
        throw ProblemDocument.badParameter("state must be one of \(states), running")
    }

    private func show(_ id: Job.ID) async throws -> HTTPResponse {
        let consumer = busyConsumers(service.pipelines)[id]
        return try await awayFromEventLoop {
            guard let record = try await service.records.job(id) else { throw StoreError.unknownJob(id) }
            return try await HTTPResponse(
                pages: JobPages(
                    record, consumerID: consumer?.id, busyTime: consumer?.busyTime, in: service.records))
        }
    }

    private func explain(_ id: Job.ID) async throws -> ExplanationDocument {
        let found = try await service.records.jobs([id], textLimit: Self.explainedTextLimit)
        guard let record = found.first else { throw StoreError.unknownJob(id) }
        guard let pipeline = service.pipelines.first(where: { $0.name == record.pipeline }) else {
            let explanation = Explanation(
                .noPipeline, "the configuration has no pipeline '\(record.pipeline)' any more")
            return ExplanationDocument(record, explanation)
        }
        return ExplanationDocument(record, try await pipeline.explain(record))
    }

    private func change(
        _ id: Job.ID, by change: ([Job.ID]) async throws -> [Result<[JobChange], StoreError>]
    ) async throws -> HTTPResponse {
        for result in try await change([id]) { _ = try result.get() }
        return try await show(id)
    }

    /// The consumers that have a job in hand, by job.
    private func busyConsumers(_ pipelines: [Pipeline]) -> [Job.ID: ConsumerStatus] {
        let consumers = pipelines.flatMap(\.busyConsumers)
        return Dictionary(consumers.compactMap { consumer in consumer.jobID.map { ($0, consumer) } }) { first, _ in
            first
        }
    }
}
