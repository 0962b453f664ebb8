import Foundation
import Kata
import KataControl
import NIOCore

/// Steers pipelines.
struct PipelineRoutes {
    let service: any ControlService

    func add(to router: inout HTTPRouter) {
        router.get("/v1/drain") { _ in
            try HTTPResponse(service.drainForecast())
        }
        router.post("/v1/drain") { _ in
            let forecast = service.drainForecast()
            service.drain()
            return try HTTPResponse(forecast)
        }
        router.get("/v1/pipelines/:name/prunable") { request in
            try HTTPResponse(try await prunable(request))
        }
        router.post("/v1/pipelines/:name/prune") { request in
            let pipeline = try service.pipeline(request.pipelineName)
            let selection = try pruneSelection(request)
            // Read on the event loop, where everybody else waits for it.
            let body = try request.wholeBody(upTo: 1 << 20)
            let count: Int
            if body.readableBytes > 0 {
                let jobs = try jobIDs(in: body)
                count = try await pipeline.prune(jobs, selection.state, finishedBefore: selection.finishedBefore)
            } else {
                count = try await pipeline.prune(selection.state, finishedBefore: selection.finishedBefore)
            }
            return try HTTPResponse(ChangeDocument(changed: count))
        }
        router.post("/v1/pipelines/:name/pause") { request in
            let pipeline = try service.pipeline(request.pipelineName)
            try await pipeline.pause()
            return try HTTPResponse(PipelineStateDocument(pipeline.status()))
        }
        router.post("/v1/pipelines/:name/resume") { request in
            let pipeline = try service.pipeline(request.pipelineName)
            try await pipeline.resume()
            return try HTTPResponse(PipelineStateDocument(pipeline.status()))
        }
        router.post("/v1/pipelines/:name/scale") { request in
            let pipeline = try service.pipeline(request.pipelineName)
            guard let workers = try request.integer("workers", in: PipelineConfiguration.workerCounts) else {
                throw ProblemDocument.badParameter("workers is missing, expected a number from 1 to 10000")
            }
            pipeline.scale(to: workers)
            return try HTTPResponse(PipelineStateDocument(pipeline.status()))
        }
        router.post("/v1/pipelines/:name/retry") { request in
            try await changeAll(of: request, in: [.failed], by: service.steering.retry)
        }
        router.post("/v1/pipelines/:name/cancel") { request in
            try await changeAll(of: request, in: [.waiting, .scheduled, .pending], by: service.steering.cancel)
        }
    }

    private func jobIDs(in body: ByteBuffer) throws -> [Job.ID] {
        do {
            return try JSON.decode(JobIDsDocument.self, from: Data(body.readableBytesView)).ids
        } catch {
            throw ProblemDocument.badParameter("the body must be a JSON object such as {\"ids\": [17, 18]}")
        }
    }

    private func prunable(_ request: HTTPRequest) async throws -> JobListDocument {
        let limit = try request.integer("limit", in: 1...1_000) ?? 500
        let after = try request.integer("after", in: 0...Int.max).map(Job.ID.init) ?? 0
        let records = try await service.records.prunableJobs(
            pruneSelection(request), after: after, limit: limit)
        var jobs: [JobDocument] = []
        for record in records {
            jobs.append(JobDocument(record, attempts: try await service.records.attempts(job: record.job.id)))
        }
        return JobListDocument(jobs: jobs, next: records.count < limit ? nil : records.last?.job.id)
    }

    private func pruneSelection(_ request: HTTPRequest) throws -> PruneSelection {
        guard let state = request.parameter("state").flatMap(JobState.init), state.isFinal else {
            throw ProblemDocument.badParameter("state must be done, failed or cancelled")
        }
        guard let time = request.parameter("before").flatMap({ Timestamp(iso8601: $0) }) else {
            throw ProblemDocument.badParameter("before must be a time such as 2026-01-31T12:00:00Z")
        }
        let name = try service.pipeline(request.pipelineName).name
        return PruneSelection(pipeline: name, state: state, finishedBefore: time)
    }

    /// Changes every job of a pipeline that is in one of these states now.
    private func changeAll(
        of request: HTTPRequest, in states: [JobState],
        by change: ([Job.ID]) async throws -> [Result<[JobChange], StoreError>]
    ) async throws -> HTTPResponse {
        let name = try service.pipeline(request.pipelineName).name
        var changed = 0
        for state in states {
            var last: Job.ID = 0
            while true {
                let jobs = try await service.records.jobIDs(pipeline: name, state: state, after: last, limit: 500)
                guard let next = jobs.last else { break }
                last = next
                // One that was finished meanwhile is not to be changed any more.
                changed += try await change(jobs).count { (try? $0.get()) != nil }
            }
        }
        return try HTTPResponse(ChangeDocument(changed: changed))
    }
}
