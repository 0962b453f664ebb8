import Kata
import KataAPI
import KataDashboard
import Logging
import NIOCore
import NIOHTTP1

/// The pages of the dashboard.
struct DashboardRoutes: Sendable {
    let service: any ControlService
    let pages: DashboardPages
    private let templates: DashboardTemplates
    private let feed = RecentAnswers<[PageRegionText]>()
    /// Counts pages that are kept up to date.
    private let streams: ConnectionLimit
    private static let examples = 5

    /// - Throws: what is wrong with a template, which tests would have found.
    init(service: any ControlService, streams: ConnectionLimit) throws {
        self.service = service
        self.streams = streams
        pages = DashboardPages(service: service)
        templates = try DashboardTemplates()
    }

    func add(to router: inout HTTPRouter) {
        for asset in DashboardAsset.all { add(asset, to: &router) }
        for page in all {
            router.get(page.path, page.parameters) { request in
                try await awayFromEventLoop {
                    HTTPResponse(html: templates.page(try await page.make(request, service.status(), .now())))
                }
            }
        }
        router.get("/ui/events", ["page"]) { request in
            guard let place = StreamPlace(in: streams) else { throw HTTPRefusal.tooManyStreams }
            let page = request.parameter("page") ?? "/ui/"
            // Whether there is such a page is said with a status.
            _ = try await regions(of: page)
            return HTTPResponse(
                .pages(first: [], rest: RegionEvents(in: place) { try await regions(of: page) }),
                type: ServerSentEvent.mediaType, headers: DashboardHeaders.page)
        }
    }

    private struct Page: Sendable {
        let path: String
        var parameters: [String] = []
        let make: @Sendable (HTTPRequest, StatusDocument, Timestamp) async throws -> any DashboardPage
    }

    private var all: [Page] {
        [
            Page(path: "/ui", make: pages.overview),
            Page(path: "/ui/jobs", parameters: ["q", "state", "before", "group", Notice.parameter], make: pages.jobs),
            Page(path: "/ui/jobs/:id", parameters: ["attempt", Notice.parameter], make: pages.job),
            Page(path: "/ui/failures", make: pages.failures),
            Page(path: "/ui/schedules", parameters: [Notice.parameter], make: pages.schedules),
            Page(path: "/ui/plugins", make: pages.plugins),
            Page(path: "/ui/drain", make: pages.drain),
            Page(path: "/ui/pipelines/:name", parameters: [Notice.parameter], make: pages.pipeline),
        ]
    }

    /// The parts of a page that are kept up to date, as they are now.
    ///
    /// - Parameter target: its address.
    /// - Throws: ``ProblemDocument`` if there is no such page.
    private func regions(of target: String) async throws -> [PageRegionText] {
        try await feed.answer(to: target) {
            var router = Router<any DashboardPage>()
            for page in all {
                router.get(page.path, page.parameters) { try await page.make($0, service.status(), .now()) }
            }
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target)
            guard let page = try await router.respond(to: HTTPRequest(head, body: .whole(ByteBuffer()))) else {
                throw ProblemDocument(status: 404, title: "Not found", detail: "there is no such page")
            }
            return templates.regions(of: page).map { PageRegionText(id: $0.id, html: $0.html) }
        }
    }

    /// Asks before jobs are changed.
    ///
    /// - Parameter selection: which jobs, if those were only the first ones that were found.
    func question(
        _ change: ConfirmPage.Change, _ jobs: [Job.ID], _ selection: ConfirmPage.Selection? = nil, command: String,
        back: String
    ) async throws -> HTTPResponse {
        let now = Timestamp.now()
        let examples = try await pages.reader.rows(
            Array(jobs.sorted(by: >).prefix(Self.examples)), service.pipelines.busyConsumers, at: now)
        let page = ConfirmPage(
            frame: pages.reader.frame("Are you sure?", in: .jobs, isBelow: true, service.status(), at: now), change,
            count: jobs.count, selection ?? .ids("\(JobIDText(jobs))"), examples: examples, command: command, back: back
        )
        return HTTPResponse(html: templates.page(page))
    }

    // MARK: Answers

    static func redirect(to path: String) -> HTTPResponse {
        HTTPResponse(html: "", status: .seeOther, headers: ["Location": path])
    }

    /// Says why a request was refused.
    func page(for refusal: HTTPRefusal) -> HTTPResponse {
        let problem = refusal.problem
        let frame = pages.reader.frame(problem.title, in: nil, service.status(), at: .now())
        let page = ErrorPage(frame: frame, status: problem.status, heading: problem.title, text: problem.detail)
        return HTTPResponse(
            html: templates.page(page), status: HTTPResponseStatus(statusCode: problem.status),
            headers: refusal.headers)
    }

    private static func tag(of asset: DashboardAsset) -> String {
        var checksum = Checksum()
        asset.bytes.withUnsafeBufferPointer { checksum.add($0) }
        return "\"\(String(checksum.value, radix: 16))\""
    }

    private func add(_ asset: DashboardAsset, to router: inout HTTPRouter) {
        let tag = Self.tag(of: asset)
        let headers = DashboardHeaders.all.adding(["Cache-Control": "no-cache", "ETag": tag])
        let body = ByteBuffer(bytes: asset.bytes)
        router.get("/ui/\(asset.name)") { request in
            if request.headers["If-None-Match"].contains(tag) {
                return HTTPResponse(.whole(ByteBuffer()), status: .notModified, type: asset.mediaType, headers: headers)
            }
            return HTTPResponse(.whole(body), type: asset.mediaType, headers: headers)
        }
    }
}
