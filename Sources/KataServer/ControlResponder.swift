import Kata
import KataAPI
import Logging
import NIOHTTP1

/// The HTTP interface of a daemon.
struct ControlResponder: Sendable {
    private let router: HTTPRouter
    /// What a request is refused with that there is no route for.
    private let noRoute: @Sendable (HTTPRequest) -> any Error
    private let browserGuard: BrowserGuard
    /// `nil` if there is none.
    private let dashboard: DashboardRoutes?
    private let logger: Logger

    /// - Parameters:
    ///   - hosts: further names that requests may be made to.
    ///   - hasDashboard: whether there are pages for browsers.
    init(service: any ControlService, hosts: [String] = [], hasDashboard: Bool = false, logger: Logger) {
        var router = HTTPRouter()
        HealthRoutes(status: service.status).add(to: &router)
        MetricsRoutes(metrics: service.metrics).add(to: &router)
        ControlRoutes(service: service).add(to: &router)
        NodeRoutes(service: service).add(to: &router)
        DrainRoutes(service: service).add(to: &router)
        ExportRoutes(service: service).add(to: &router)
        SubmitRoutes(service: service, logger: logger).add(to: &router)
        let answers = JobAnswers(service: service)
        JobRoutes(service: service, answers: answers).add(to: &router)
        JobChangeRoutes(service: service, answers: answers).add(to: &router)
        OutputRoutes(service: service).add(to: &router)
        BulkRoutes(service: service).add(to: &router)
        PipelineRoutes(service: service).add(to: &router)
        ScheduleRoutes(service: service).add(to: &router)
        let streams = ConnectionLimit(StreamPlace.limit, reserve: 0)
        EventRoutes(service: service, streams: streams).add(to: &router)
        do {
            dashboard = hasDashboard ? try DashboardRoutes(service: service, streams: streams) : nil
        } catch {
            logger.critical("the dashboard has a faulty template", metadata: ["error": "\(error)"])
            dashboard = nil
        }
        if let dashboard {
            dashboard.add(to: &router)
            DashboardActions(service: service, dashboard: dashboard, logger: logger).add(to: &router)
        }
        self.router = router
        noRoute = { request in
            ProblemDocument(
                status: 404, title: "Not found",
                detail: "there is no \(request.method) \(request.shortPath); see docs/api.md".printable)
        }
        browserGuard = BrowserGuard(hosts: ServedHosts(and: hosts))
        self.logger = logger
    }

    /// What anybody on the machine may know of a daemon.
    init(watching service: any ControlService, logger: Logger) {
        var router = HTTPRouter()
        HealthRoutes(status: service.status).add(to: &router)
        MetricsRoutes(metrics: service.metrics).add(to: &router)
        self.router = router
        noRoute = { request in
            ProblemDocument(
                status: 404, title: "Not found",
                detail:
                    "there is no \(request.method) \(request.shortPath) here, expected /metrics, /healthz or /readyz"
                    .printable)
        }
        browserGuard = BrowserGuard(hosts: ServedHosts())
        dashboard = nil
        self.logger = logger
    }

    init(starting daemon: StartingDaemon, hosts: [String] = [], logger: Logger) {
        var router = HTTPRouter()
        HealthRoutes(status: daemon.status).add(to: &router)
        router.get("/v1/status") { _ in try HTTPResponse(daemon.status()) }
        self.router = router
        noRoute = { _ in daemon.failure() }
        dashboard = nil
        browserGuard = BrowserGuard(hosts: ServedHosts(and: hosts))
        self.logger = logger
    }

    /// Says in the log who has changed something. Of submitted jobs there may be tens of thousands a second.
    private func note(_ request: HTTPRequest) {
        let level: Logger.Level = request.path.hasSuffix("/jobs") ? .debug : .info
        if level < logger.logLevel { return }
        var metadata: Logger.Metadata = [
            "uid": "\(request.peer)", "request": "\(request.method) \(request.shortTarget.printable)",
        ]
        if request.isForwarded { metadata["forwarded"] = "true" }
        logger.log(level: level, "changed by a client", metadata: metadata)
    }

    /// Answers every error with a problem document, or with a page.
    func respond(to request: HTTPRequest) async -> HTTPResponse {
        do {
            if case .refused(let refusal) = request.body { throw refusal }
            // What it says of the daemon is not for pages of others, so it is said in few words.
            if let refusal = browserGuard.refusal(of: request) { return HTTPResponse(refusal) }
            if let response = try await router.respond(to: request) {
                if request.isChange { note(request) }
                return response
            }
            throw noRoute(request)
        } catch let refusal as HTTPRefusal {
            return answer(refusal, to: request)
        } catch let failure as StoreFailure {
            // The recorder has said it in the log, once and not for each request.
            return answer(HTTPRefusal(failure), to: request)
        } catch {
            let problem = ProblemDocument(error, request: request)
            if problem.status >= 500 {
                logger.error("request failed", metadata: ["path": "\(request.shortPath)", "error": "\(error)"])
            }
            return answer(HTTPRefusal(problem: problem), to: request)
        }
    }

    /// Who looks at pages is told on a page.
    private func answer(_ refusal: HTTPRefusal, to request: HTTPRequest) -> HTTPResponse {
        guard let dashboard, request.path == "/ui" || request.path.hasPrefix("/ui/") else {
            return HTTPResponse(refusal)
        }
        return dashboard.page(for: refusal)
    }
}

extension HTTPRequest {
    /// Whether the request does something, rather than ask or count.
    fileprivate var isChange: Bool { !method.isSafe && parameter("dry_run") != "true" }
}
