import Kata
import KataAPI
import NIOCore
import NIOHTTP1

/// The routes that take jobs, show them and steer them.
struct JobRoutes {
    let service: any ControlService
    /// From how many bytes on a body is not parsed on the event loop, where all other requests would wait for it.
    private static let largeBody = 1 << 15

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
        router.get("/v1/jobs") { request in
            try HTTPResponse(try await list(request))
        }
        router.get("/v1/jobs/:id") { request in
            try HTTPResponse(try await show(request.jobID))
        }
        router.get("/v1/jobs/:id/explain") { request in
            try HTTPResponse(try await explain(request.jobID))
        }
        router.post("/v1/jobs/:id/cancel") { request in
            try await change(request.jobID, by: service.steering.cancel)
        }
        router.post("/v1/jobs/:id/retry") { request in
            try await change(request.jobID, by: service.steering.retry)
        }
    }

    private func created(_ submitted: SubmitDocument) -> HTTPResponse {
        HTTPResponse(json: submitted.json, status: .created)
    }

    private func body(of request: HTTPRequest) async throws -> JobsBody {
        let format: JobsBody.Format
        let type = request.headers.first(name: "Content-Type")?.prefix { $0 != ";" }.lowercased()
        switch type {
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
        return try await withTaskExecutorPreference(globalConcurrentExecutor) {
            try JobsBody(buffer, format: format, now: .now())
        }
    }

    private func idempotencyKey(of request: HTTPRequest, fingerprint: Int64) throws -> IdempotencyKey? {
        guard let text = request.headers.first(name: "Idempotency-Key") else { return nil }
        guard (1...NewJob.keyLimit).contains(text.utf8.count) else {
            throw ProblemDocument(
                status: 400, title: "Bad header", detail: "Idempotency-Key must have 1 to \(NewJob.keyLimit) bytes")
        }
        return IdempotencyKey(text, fingerprint: fingerprint)
    }

    private func list(_ request: HTTPRequest) async throws -> JobListDocument {
        if request.parameter("state") == "running" { return try await listRunning(request) }
        var filter = JobFilter()
        if let name = request.parameter("pipeline") { filter.pipeline = try service.pipeline(name).name }
        if let text = request.parameter("state") {
            guard let state = JobState(rawValue: text) else {
                let states = JobState.allCases.map(\.rawValue).joined(separator: ", ")
                throw ProblemDocument.badParameter("state must be one of \(states), running")
            }
            filter.state = state
        }
        let limit = try request.integer("limit", in: 1...1_000) ?? 50
        let before = try request.integer("before", in: 1...Int.max).map(Job.ID.init) ?? .max
        let records = try await service.records.jobs(filter, before: before, limit: limit)
        let consumers = busyConsumers(service.pipelines)
        let durations = try await service.records.lastDurations(jobs: records.map(\.job.id))
        return JobListDocument(
            jobs: records.map { document($0, consumers, lastDuration: durations[$0.job.id]) },
            next: records.count < limit ? nil : records.last?.job.id
        )
    }

    /// The jobs that consumers have in hand, which only their pipelines know.
    private func listRunning(_ request: HTTPRequest) async throws -> JobListDocument {
        let pipelines = try request.parameter("pipeline").map { [try service.pipeline($0)] } ?? service.pipelines
        let consumers = busyConsumers(pipelines)
        var jobs: [JobDocument] = []
        for job in consumers.keys.sorted(by: >) {
            if let record = try await service.records.job(job) {
                jobs.append(document(record, consumers))
            }
        }
        return JobListDocument(jobs: jobs, next: nil)
    }

    private func show(_ id: Job.ID) async throws -> JobDocument {
        guard let record = try await service.records.job(id) else { throw StoreError.unknownJob(id) }
        let attempts = try await service.records.attempts(job: id)
        return document(record, busyConsumers(service.pipelines), attempts: attempts)
    }

    private func document(
        _ record: JobRecord, _ consumers: [Job.ID: ConsumerStatus], lastDuration: Duration? = nil,
        attempts: [Attempt]? = nil
    ) -> JobDocument {
        let consumer = consumers[record.job.id]
        return JobDocument(
            record, consumerID: consumer?.id, duration: consumer?.busyTime ?? lastDuration, attempts: attempts)
    }

    private func explain(_ id: Job.ID) async throws -> ExplanationDocument {
        guard let record = try await service.records.job(id) else { throw StoreError.unknownJob(id) }
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
        return try HTTPResponse(try await show(id))
    }

    /// The consumers that have a job in hand, by job.
    private func busyConsumers(_ pipelines: [Pipeline]) -> [Job.ID: ConsumerStatus] {
        let consumers = pipelines.flatMap { $0.status().consumers }
        return Dictionary(consumers.compactMap { consumer in consumer.jobID.map { ($0, consumer) } }) { first, _ in
            first
        }
    }
}
