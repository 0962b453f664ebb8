import Kata
import KataAPI
import NIOHTTP1

/// The routes for whoever watches over the daemon: whether it answers, and whether it can take work.
struct HealthRoutes {
    let status: @Sendable () -> StatusDocument

    func add(to router: inout HTTPRouter) {
        router.get("/healthz") { _ in Self.ok }
        router.get("/readyz") { _ in
            if let problem = Self.obstacle(in: status()) { throw problem }
            return Self.ok
        }
    }

    private static let ok = HTTPResponse(json: "ok\n".utf8, type: "text/plain; charset=utf-8")

    /// Why no work is taken now; `nil` if it is.
    private static func obstacle(in status: StatusDocument) -> HTTPRefusal? {
        let detail: String
        switch status.store {
        case let store? where store.state != "ok":
            detail =
                "the store is \(store.state) since \(store.since ?? "now"), \(counted(store.resultsWaiting, "result")) waiting: "
                + (store.reason ?? "it takes no writes")
        default:
            switch status.state {
            case .running: return nil
            case .draining: detail = "the daemon drains, and then ends"
            case .starting: detail = "the daemon has not started yet"
            }
        }
        return HTTPRefusal(
            problem: ProblemDocument(status: 503, title: "Not ready", detail: detail.printable),
            headers: ["Retry-After": "1"])
    }
}
