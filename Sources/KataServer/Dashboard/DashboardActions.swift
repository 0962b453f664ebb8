import Kata
import KataAPI
import KataDashboard
import Logging
import NIOHTTP1

/// What the forms of the dashboard do. Each leads to a page, so that loading that one again does nothing once more.
struct DashboardActions: Sendable {
    let service: any ControlService
    let dashboard: DashboardRoutes
    let logger: Logger

    /// What can be tried again.
    private static let retriable: Set<JobState> = [.failed, .cancelled, .scheduled, .waiting]
    private static let unfinished = Set(JobState.allCases.filter { !$0.isFinal })
    /// How many jobs a form may name.
    private static let idLimit: Job.ID = 1_000_000
    private static let form = "application/x-www-form-urlencoded"

    func add(to router: inout HTTPRouter) {
        post("/ui/jobs", &router, changeJobs)
        post("/ui/jobs/retry", &router) { request in
            let form = try FormBody(request)
            let jobs = try Self.ids(in: form["ids"] ?? "")
            if form["first"] != nil, let first = jobs.first {
                let count = try await service.steering.retry([first], in: Self.retriable)
                let path = "/ui/jobs/\(first)"
                return count == 0
                    ? Notice.path(path, after: .retried, count: 0) : Notice.path(path, after: .tried, count: jobs.count)
            }
            let count = try await service.steering.retry(jobs, in: Self.retriable)
            return Notice.path(Self.path(of: jobs), after: .retried, count: count)
        }
        post("/ui/jobs/cancel", &router) { request in
            let jobs = try Self.ids(in: try FormBody(request)["ids"] ?? "")
            let count = try await service.steering.cancelAll(jobs)
            return Notice.path(Self.path(of: jobs), after: .cancelled, count: count)
        }
        post("/ui/jobs/all", &router, changeAll)
        post("/ui/jobs/:id/retry", &router) { request in
            let id = try request.jobID
            for result in try await service.steering.retry([id]) { _ = try result.get() }
            return Notice.path("/ui/jobs/\(id)", after: .retried)
        }
        post("/ui/jobs/:id/copy", &router) { request in
            let edit = try await edit(of: request.jobID, in: request)
            let copy = try await service.steering.retryCopy(of: request.jobID, edit)
            return Notice.path("/ui/jobs/\(copy)", after: .copied)
        }
        post("/ui/jobs/:id/edit", &router) { request in
            let id = try request.jobID
            let edit = try await edit(of: id, in: request)
            if !edit.isEmpty { _ = try await service.steering.edit(id, edit) }
            return Notice.path("/ui/jobs/\(id)", after: .edited, count: edit.isEmpty ? 0 : 1)
        }
        ask("/ui/jobs/:id/cancel", &router) { request in
            let id = try request.jobID
            return try await dashboard.question(.cancel, [id], command: "kata-ctl cancel \(id)", back: "/ui/jobs/\(id)")
        }
        for (word, change, action) in [
            ("pause", Pipeline.pause, Notice.Action.paused), ("resume", Pipeline.resume, .resumed),
        ] {
            post("/ui/pipelines/:name/\(word)", &router) { request in
                let pipeline = try service.pipeline(request.pipelineName)
                try await change(pipeline)()
                return Notice.path("/ui/pipelines/\(pipeline.name)", after: action)
            }
        }
        post("/ui/pipelines/:name/scale", &router) { request in
            let pipeline = try service.pipeline(request.pipelineName)
            guard let workers = try FormBody(request)["workers"].flatMap({ Int($0) }),
                PipelineConfiguration.workerCounts.contains(workers)
            else { throw ProblemDocument.badParameter("the number of workers must be from 1 to 10000") }
            pipeline.scale(to: workers)
            return Notice.path("/ui/pipelines/\(pipeline.name)", after: .scaled, count: workers)
        }
        post("/ui/pipelines/:name/run", &router) { request in
            let pipeline = try service.pipeline(request.pipelineName)
            _ = try await pipeline.startRun(waits: false)
            return Notice.path("/ui/pipelines/\(pipeline.name)", after: .started)
        }
        post("/ui/schedules/:name/:entry/run", &router) { request in
            let pipeline = try service.pipeline(request.pipelineName)
            return Notice.path("/ui/jobs/\(try await pipeline.runEntry(request.entryName))", after: .started)
        }
        for (word, isPaused) in [("pause", true), ("resume", false)] {
            post("/ui/schedules/:name/:entry/\(word)", &router) { request in
                try await service.pipeline(request.pipelineName).setPaused(isPaused, entry: request.entryName)
                return Notice.path("/ui/schedules", after: isPaused ? .paused : .resumed)
            }
        }
        post("/ui/drain", &router) { _ in
            service.drain()
            return "/ui/drain"
        }
    }

    /// Retries what was selected, and asks before anything else.
    private func changeJobs(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form = try FormBody(request)
        let query = form["group"].map { "state:failed group:\($0)" } ?? form["q"] ?? ""
        let view = JobsView(query: query, state: form["state"])
        let selected = form.all("id").compactMap { Job.ID($0) }
        switch form["do"] {
        case "retry":
            let count = try await service.steering.retry(selected, in: Self.retriable)
            return DashboardRoutes.redirect(to: Notice.path(view.path, after: .retried, count: count))
        case "cancel":
            return try await dashboard.question(
                .cancel, selected, command: "kata-ctl cancel \(JobIDText(selected))", back: view.path)
        case "retry-all":
            let states = view.namesState ? Self.retriable : [.failed]
            return try await ask(.retry, view, states)
        case "cancel-all":
            return try await ask(.cancel, view, Self.unfinished)
        default:
            throw ProblemDocument.badParameter("the form does not say what to do")
        }
    }

    /// Asks before all jobs of a list are changed that are in one of these states.
    private func ask(
        _ change: ConfirmPage.Change, _ view: JobsView, _ states: Set<JobState>
    ) async throws -> HTTPResponse {
        let last = try await service.records.jobs(JobFilter(), before: .max, limit: 1, textLimit: 0).first?.job.id ?? 0
        let matching = try await dashboard.pages.reader.matching(view, in: states)
        return try await dashboard.question(
            change, matching.jobs, matching.areAll ? nil : .all(view, through: last),
            command: "kata-ctl \(change.rawValue) \(Self.options(view))", back: view.path)
    }

    /// Changes so many jobs that no form can name them. Nobody waits for that: a browser would not wait long enough.
    private func changeAll(_ request: HTTPRequest) async throws -> String {
        let form = try FormBody(request)
        let view = JobsView(query: form["q"] ?? "", state: form["state"])
        guard let change = form["do"].flatMap(ConfirmPage.Change.init),
            let through = form["through"].flatMap({ Job.ID($0) }),
            through >= 0, through < .max
        else { throw ProblemDocument.badParameter("the form does not say what to do") }
        let states = change == .cancel ? Self.unfinished : view.namesState ? Self.retriable : [.failed]
        let searches = try dashboard.pages.reader.searches(view, in: states)
        // Nobody's child: it outlives the request. Each page of jobs is a transaction; an end of the daemon leaves the rest as they are.
        Task { [service, logger] in
            var count = 0
            do {
                for search in searches {
                    let jobs = try await service.steering.find(search, before: through + 1)
                    switch change {
                    case .retry: count += try await service.steering.retry(jobs, in: states)
                    case .cancel: count += try await service.steering.cancelAll(jobs)
                    }
                }
                logger.notice("jobs were changed", metadata: ["change": "\(change.rawValue)", "count": "\(count)"])
            } catch {
                logger.error(
                    "not all jobs were changed",
                    metadata: ["change": "\(change.rawValue)", "count": "\(count)", "error": "\(error)"])
            }
        }
        return Notice.path(view.path, after: .begun)
    }

    /// The options of `kata-ctl` that mean the same jobs.
    private static func options(_ view: JobsView) -> String {
        let fields = QueryWords(view.query).fields.map { (name: $0.name, value: $0.value) }
        let state = view.state.map { [(name: "state", value: $0)] } ?? []
        return (state + fields).map { "--\($0.name) '\($0.value.replacing("'", with: "'\\''"))'" }.joined(
            separator: " ")
    }

    /// What a form asks for a job. What jobs may not be submitted by a page can't be changed by one, either.
    private func edit(of job: Job.ID, in request: HTTPRequest) async throws -> JobEdit {
        let form = try FormBody(request)
        // Browsers send line breaks as CR and LF.
        let item = form.all("item").first?.replacing("\r\n", with: "\n")
        guard let record = try await service.records.job(job) else { throw StoreError.unknownJob(job) }
        if let was = form["was"], was != JobPage.fingerprint(of: record.job.item) {
            throw ProblemDocument(
                status: 409, title: "Changed meanwhile",
                detail:
                    "somebody else has changed the item of job \(job) meanwhile; nothing was changed now, look at it again"
            )
        }
        let pipeline = try service.pipeline(record.pipeline)
        try request.authorize(submittingTo: pipeline)
        // Byte by byte: two texts that look the same may not be.
        let isSame = item.map { $0.utf8.elementsEqual(record.job.item.utf8) } ?? true
        var edit = JobEdit(item: isSame ? nil : item)
        if let text = form["priority"] {
            guard let priority = Int(text), NewJob.priorities.contains(priority) else {
                throw ProblemDocument.badParameter("the priority must be a whole number from -100 to 100")
            }
            edit.priority = priority == record.job.priority ? nil : priority
        }
        return try pipeline.accept(edit)
    }

    /// Where jobs are that were changed together.
    private static func path(of jobs: [Job.ID]) -> String { jobs.count == 1 ? "/ui/jobs/\(jobs[0])" : "/ui/jobs" }

    /// Reads `3-7,12`.
    private static func ids(in text: String) throws -> [Job.ID] {
        var ids: [Job.ID] = []
        for part in text.split(separator: ",") {
            let bounds = part.split(separator: "-", omittingEmptySubsequences: false).map { Job.ID($0) }
            guard bounds.count <= 2, let first = bounds.first ?? nil, let last = bounds.last ?? nil, first > 0,
                first <= last, last - first < Self.idLimit - Job.ID(ids.count)
            else { throw ProblemDocument.badParameter("the form has no ids of jobs") }
            ids += first...last
        }
        return ids
    }

    // MARK: Answers

    private func post(
        _ path: String, _ router: inout HTTPRouter, _ body: @escaping @Sendable (HTTPRequest) async throws -> String
    ) {
        ask(path, &router) { DashboardRoutes.redirect(to: try await body($0)) }
    }

    private func post(
        _ path: String, _ router: inout HTTPRouter,
        _ body: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse
    ) {
        ask(path, &router, body)
    }

    private func ask(
        _ path: String, _ router: inout HTTPRouter,
        _ body: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse
    ) {
        router.post(path, types: [Self.form]) { request in
            try await awayFromEventLoop { try await body(request) }
        }
    }
}
