import Kata
import KataAPI
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// The routes that show jobs.
struct JobRoutes {
    let service: any ControlService
    /// Those who wait for jobs leave some connections to others.
    private let waits = ConnectionLimit(
        FileDescriptorLimit.connections(wanted: HTTPLimits().connections) * 3 / 4, reserve: 0)

    private let answers: JobAnswers

    init(service: any ControlService, answers: JobAnswers) {
        self.service = service
        self.answers = answers
    }

    /// How long a request may wait for a job.
    private static let longestWait = Duration.seconds(3_600)
    /// How many bytes of a job's error an explanation has.
    private static let explainedTextLimit = 1 << 13

    func add(to router: inout HTTPRouter) {
        router.get("/v1/jobs", JobSearch.parameters + ["limit", "before"]) { request in
            let pages = try list(request)
            return try await awayFromEventLoop { try await HTTPResponse(pages: pages) }
        }
        router.get("/v1/jobs/:id", ["wait"]) { request in
            if let limit = try request.duration("wait", upTo: Self.longestWait) {
                try await wait(for: request.jobID, within: limit, request)
            }
            return try await answers.show(request.jobID)
        }
        router.get("/v1/jobs/:id/explain") { request in
            try HTTPResponse(try await explain(request.jobID))
        }
    }

    private func list(_ request: HTTPRequest) throws -> JobListPages {
        let limit = try request.integer("limit", in: 1...1_000) ?? 50
        let before = try request.integer("before", in: 1...Int.max).map(Job.ID.init) ?? .max
        var search = try JobSearch(request, in: service)
        let pipelines = try search.pipeline.map { [try service.pipeline($0)] } ?? service.pipelines
        let consumers = pipelines.busyConsumers
        let records = service.records
        let read: JobListPages.Read
        if request.parameter("state") == "running" {
            read = JobListPages.readRunning(consumers, search, in: records)
        } else {
            search.states = try request.parameter("state").map { [try JobState(parameter: $0, others: ["running"])] }
            read = JobListPages.readFound(search, in: records)
        }
        return JobListPages(
            before: before, limit: limit, saysHowFar: !search.isPlain, consumers: consumers, records: records,
            read: read)
    }

    /// Waits until a job is finished, for that time at the most, and no longer than anybody waits for the answer.
    private func wait(for job: Job.ID, within limit: Duration, _ request: HTTPRequest) async throws {
        guard limit > .zero else { return }
        guard waits.enter(isOwner: false) else { throw HTTPRefusal.tooManyWait }
        defer { waits.leave() }
        let end = Latch()
        try await withGracefulShutdownHandler {
            guard let connection = request.connection else {
                return try await service.steering.waitForEnd(of: job, within: limit, unless: end)
            }
            try await connection.opening(end) {
                try await service.steering.waitForEnd(of: job, within: limit, unless: end)
            }
        } onGracefulShutdown: {
            end.open()
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
}
