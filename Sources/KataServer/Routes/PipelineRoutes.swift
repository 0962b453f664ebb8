import Kata
import KataAPI
import NIOCore
import NIOHTTP1

/// The routes that steer pipelines, and start their runs.
struct PipelineRoutes {
    let service: any ControlService

    func add(to router: inout HTTPRouter) {
        router.post("/v1/pipelines/:name/runs") { request in
            try await startRun(of: service.pipeline(request.pipelineName))
        }
        router.post("/v1/runs") { _ in
            try await startRun(of: service.pipeline(nil))
        }
        router.post("/v1/pipelines/:name/abandon") { request in
            try HTTPResponse(RunDocument(try await service.pipeline(request.pipelineName).abandonRun()))
        }
        router.get("/v1/pipelines/:name/prunable", ["state", "before", "after", "limit"] + Self.searchParameters) {
            request in
            try await prunable(request)
        }
        router.post("/v1/pipelines/:name/prune", ["state", "before", "dry_run"] + Self.searchParameters) { request in
            try await prune(request)
        }
        router.get("/v1/pipelines/:name/explain") { request in
            let pipeline = try service.pipeline(request.pipelineName)
            return try HTTPResponse(ExplanationDocument(pipeline: pipeline.name, pipeline.explainWork()))
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
        router.post("/v1/pipelines/:name/scale", ["workers"]) { request in
            let pipeline = try service.pipeline(request.pipelineName)
            guard let workers = try request.integer("workers", in: PipelineConfiguration.workerCounts) else {
                throw ProblemDocument.badParameter("workers is missing, expected a number from 1 to 10000")
            }
            pipeline.scale(to: workers)
            return try HTTPResponse(PipelineStateDocument(pipeline.status()))
        }
        router.post("/v1/pipelines/:name/retry") { request in
            let name = try service.pipeline(request.pipelineName).name
            return try HTTPResponse(ChangeDocument(changed: try await service.steering.retryFailed(pipeline: name)))
        }
        router.post("/v1/pipelines/:name/cancel") { request in
            let name = try service.pipeline(request.pipelineName).name
            return try HTTPResponse(ChangeDocument(changed: try await service.steering.cancelAll(pipeline: name)))
        }
    }

    private func startRun(of pipeline: Pipeline) async throws -> HTTPResponse {
        try HTTPResponse(RunDocument(try await pipeline.startRun(waits: false)), status: .created)
    }

    private func prune(_ request: HTTPRequest) async throws -> HTTPResponse {
        let pipeline = try service.pipeline(request.pipelineName)
        let selection = try pruneSelection(request)
        let (state, time, search) = (selection.state, selection.finishedBefore, selection.search)
        if try request.flag("dry_run") {
            return try await awayFromEventLoop { try HTTPResponse(SelectionDocument(await find(selection))) }
        }
        let body = try request.wholeBody(upTo: 1 << 20)
        let count: Int
        if body.readableBytes > 0 {
            let jobs = try await awayFromEventLoop { try JobIDsDocument(body: body).ids }
            count = try await pipeline.prune(jobs, state, finishedBefore: time, search: search)
        } else {
            count = try await pipeline.prune(state, finishedBefore: time, search: search)
        }
        return try HTTPResponse(ChangeDocument(changed: count))
    }

    /// The jobs that may be pruned, in order.
    private func find(_ selection: PruneSelection) async throws -> [Job.ID] {
        var found: [Job.ID] = []
        while true {
            let page = try await service.records.prunableJobIDs(selection, after: found.last ?? 0, limit: 1_000)
            if page.isEmpty { return found }
            found += page
        }
    }

    /// What a request to prune may say besides the pipeline, the state and the age.
    private static let searchParameters = JobSearch.parameters.filter { !["pipeline", "state", "group"].contains($0) }

    private func prunable(_ request: HTTPRequest) async throws -> HTTPResponse {
        let limit = try request.integer("limit", in: 1...1_000) ?? 500
        let after = try request.integer("after", in: 0...Int.max).map(Job.ID.init) ?? 0
        let selection = try pruneSelection(request)
        return try await awayFromEventLoop {
            let ids = try await service.records.prunableJobIDs(selection, after: after, limit: limit)
            return try await HTTPResponse(
                pages: PrunablePages(ids, mayHaveMore: ids.count == limit, in: service.records))
        }
    }

    private func pruneSelection(_ request: HTTPRequest) throws -> PruneSelection {
        guard let state = request.parameter("state").flatMap(JobState.init), state.isFinal else {
            throw ProblemDocument.badParameter("state must be done, failed or cancelled")
        }
        let search = try JobSearch(request, in: service)
        // Without an age something else has to say which jobs.
        let now: Timestamp? = search.isPlain ? nil : .now()
        guard let time = request.parameter("before").map({ Timestamp(iso8601: $0) }) ?? now else {
            throw ProblemDocument.badParameter("before must be a time such as 2026-01-31T12:00:00Z")
        }
        let name = try service.pipeline(request.pipelineName).name
        return PruneSelection(pipeline: name, state: state, finishedBefore: time, search: search)
    }
}
