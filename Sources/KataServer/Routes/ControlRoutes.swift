import Kata
import KataAPI

/// The routes that tell about the daemon and what it has done, and drain it.
struct ControlRoutes {
    let service: any ControlService
    /// Up to how many consumers a status is written on the event loop.
    private static let fewConsumers = 20

    func add(to router: inout HTTPRouter) {
        router.get("/v1/status") { _ in
            try await status()
        }
        router.get("/v1/plugins") { _ in
            try HTTPResponse(service.plugins())
        }
        router.get("/v1/drain") { _ in
            try HTTPResponse(service.drainForecast())
        }
        router.post("/v1/drain") { _ in
            let forecast = service.drainForecast()
            service.drain()
            return try HTTPResponse(forecast)
        }
        router.get("/v1/estimate", ["pipeline", "workers"]) { request in
            try HTTPResponse(estimate(pipeline: request.parameter("pipeline"), workers: workers(of: request)))
        }
        router.get("/v1/export", ["pipeline", "run", "format"]) { request in
            let selection = try selection(of: request)
            let format = try exportFormat(of: request)
            return try await awayFromEventLoop {
                let pages = try await ResultPages(selection, in: service.records, format: format)
                return try await HTTPResponse(pages: pages.makeAsyncIterator(), type: format.mediaType)
            }
        }
    }

    private func status() async throws -> HTTPResponse {
        let status = service.status()
        let consumers = status.pipelines.reduce(0) { $0 + $1.consumers.count }
        if consumers <= Self.fewConsumers { return try HTTPResponse(status) }
        return try await awayFromEventLoop { try HTTPResponse(status) }
    }

    private func estimate(pipeline: String?, workers: Int?) throws -> EstimateDocument {
        let pipeline = try service.pipeline(pipeline)
        let configuration = pipeline.configuration
        guard let estimate = pipeline.estimate else {
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

    private func selection(of request: HTTPRequest) throws -> ResultSelection {
        guard let runs = ResultSelection.Runs(request.parameter("run") ?? "all") else {
            throw ProblemDocument.badParameter("run must be a number, 'latest' or 'all'")
        }
        return ResultSelection(pipeline: request.parameter("pipeline"), runs: runs)
    }

    private func exportFormat(of request: HTTPRequest) throws -> ExportFormat {
        let text = request.parameter("format") ?? ExportFormat.text.rawValue
        guard let format = ExportFormat(rawValue: text) else {
            let formats = ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw ProblemDocument.badParameter("format must be one of \(formats)")
        }
        return format
    }

    private func workers(of request: HTTPRequest) throws -> Int? {
        try request.integer("workers", in: PipelineConfiguration.workerCounts)
    }
}

extension ExportFormat {
    fileprivate var mediaType: String {
        switch self {
        case .text: "text/plain; charset=utf-8"
        case .ndjson: "application/x-ndjson"
        case .csv: "text/csv; charset=utf-8"
        }
    }
}
