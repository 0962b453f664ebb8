import Kata
import KataAPI

/// The routes that tell about the daemon.
struct ControlRoutes {
    let service: any ControlService
    /// Up to how many consumers a status is written on the event loop.
    private static let fewConsumers = 20

    func add(to router: inout HTTPRouter) {
        router.get("/v1/status") { _ in
            try await status()
        }
        router.get("/v1/plugins") { _ in
            // Their directory may give no answer for a while.
            try HTTPResponse(try await onThread(named: "kata-plugins") { service.plugins() })
        }
        router.get("/v1/estimate", ["pipeline", "workers"]) { request in
            try HTTPResponse(estimate(pipeline: request.parameter("pipeline"), workers: workers(of: request)))
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

    private func workers(of request: HTTPRequest) throws -> Int? {
        try request.integer("workers", in: PipelineConfiguration.workerCounts)
    }
}
