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
        router.get("/v1/estimate") { request, _ in
            try response(service.estimate(pipeline: parameter("pipeline", of: request), workers: workers(of: request)))
        }
        router.post("/v1/pipelines/:name/runs") { _, context in
            let run = try await service.startRun(pipeline: context.parameters.get("name")?.removingPercentEncoding)
            return try response(RunDocument(run), status: .created)
        }
        router.post("/v1/runs") { _, _ in
            try response(RunDocument(try await service.startRun(pipeline: nil)), status: .created)
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
        return router
    }

    private func selection(of request: Request) throws -> ResultSelection {
        guard let runs = ResultSelection.Runs(parameter("run", of: request) ?? "all") else {
            throw ProblemDocument(
                status: 400, title: "Bad parameter", detail: "run must be a number, 'latest' or 'all'")
        }
        return ResultSelection(pipeline: parameter("pipeline", of: request), runs: runs)
    }

    private func workers(of request: Request) throws -> Int? {
        guard let text = parameter("workers", of: request) else { return nil }
        guard let workers = Int(text), PipelineConfiguration.workerCounts.contains(workers) else {
            throw ProblemDocument(
                status: 400, title: "Bad parameter", detail: "workers must be a number from 1 to 10000")
        }
        return workers
    }

    private func parameter(_ name: Substring, of request: Request) -> String? {
        request.uri.queryParameters[name].map(String.init)
    }
}

/// Makes a JSON response of a document.
func response(_ document: some Encodable, status: HTTPResponse.Status = .ok, type: String = "application/json") throws
    -> Response
{
    Response(
        status: status,
        headers: [.contentType: type],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: try JSON.encode(document)))
    )
}
