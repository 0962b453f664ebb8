import Foundation
import Hummingbird
import Kata
import KataControl
import Logging

/// The HTTP interface of a daemon.
struct ControlRoutes {
    let service: any ControlService
    let logger: Logger

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: VersionMiddleware(version: service.version))
        router.add(middleware: ProblemMiddleware(logger: logger))
        router.get("/v1/status") { _, _ in
            try response(service.status())
        }
        router.get("/v1/plugins") { _, _ in
            try response(service.plugins())
        }
        addRuns(to: router)
        JobRoutes(service: service).add(to: router)
        PipelineRoutes(service: service).add(to: router)
        return router
    }

    private func addRuns(to router: Router<BasicRequestContext>) {
        router.get("/v1/estimate") { request, _ in
            try response(estimate(pipeline: request.parameter("pipeline"), workers: workers(of: request)))
        }
        router.post("/v1/pipelines/:name/runs") { _, context in
            let run = try await service.pipeline(context.pipelineName).startRun()
            return try response(RunDocument(run), status: .created)
        }
        router.post("/v1/runs") { _, _ in
            try response(RunDocument(try await service.pipeline(nil).startRun()), status: .created)
        }
        router.get("/v1/export") { request, _ in
            let pages = try await ResultPages(selection(of: request), in: service.records)
            return Response(
                status: .ok,
                headers: [.contentType: "text/plain; charset=utf-8"],
                body: ResponseBody { writer in
                    for try await page in pages { try await writer.write(ByteBuffer(bytes: page)) }
                    try await writer.finish(nil)
                }
            )
        }
    }

    private func estimate(pipeline: String?, workers: Int?) throws -> EstimateDocument {
        let configuration = try service.pipeline(pipeline).configuration
        guard let estimate = configuration.estimate else {
            throw ProblemDocument(
                status: 422, title: "No estimate",
                detail: configuration.itemCount == nil
                    ? "nobody knows how many items pipeline '\(configuration.name)' will have"
                    : "the handler of pipeline '\(configuration.name)' does not know how long an item takes"
            )
        }
        return EstimateDocument(
            pipeline: configuration.name, estimate: estimate.with(workers: workers ?? estimate.workers))
    }

    private func selection(of request: Request) throws -> ResultSelection {
        guard let runs = ResultSelection.Runs(request.parameter("run") ?? "all") else {
            throw ProblemDocument.badParameter("run must be a number, 'latest' or 'all'")
        }
        return ResultSelection(pipeline: request.parameter("pipeline"), runs: runs)
    }

    private func workers(of request: Request) throws -> Int? {
        try request.integer("workers", in: PipelineConfiguration.workerCounts)
    }
}
