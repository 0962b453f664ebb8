import Kata
import KataMetrics
import NIOHTTP1

/// The route for whoever collects metrics.
struct MetricsRoutes {
    let metrics: @Sendable () async throws -> [MetricFamily]

    func add(to router: inout HTTPRouter) {
        router.get("/metrics") { request in
            let accept = request.headers["Accept"].joined(separator: ",")
            return try await awayFromEventLoop {
                let format = ExpositionFormat(accept: accept)
                let text = format.text(try await metrics())
                return HTTPResponse(json: text.utf8, type: format.mediaType)
            }
        }
    }
}
