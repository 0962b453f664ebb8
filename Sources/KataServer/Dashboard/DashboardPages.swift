import Kata
import KataAPI
import KataDashboard

/// Reads what each page of the dashboard shows.
struct DashboardPages: Sendable {
    let service: any ControlService
    let reader: DashboardReader
    private static let listSize = 50
    /// How long failed jobs are looked for to be grouped.
    private static let failureTime = Duration.milliseconds(12)

    init(service: any ControlService) {
        self.service = service
        reader = DashboardReader(service: service)
    }

    /// What was done before.
    private static func notice(of request: HTTPRequest) -> Notice? { Notice(did: request.parameter(Notice.parameter)) }

    func overview(_ request: HTTPRequest, _ status: StatusDocument, _ now: Timestamp) async throws -> any DashboardPage
    {
        OverviewPage(
            frame: reader.frame("Overview", in: .overview, status, at: now), status: status,
            pipelines: try await reader.snapshots(),
            schedules: try await SchedulesDocument(of: service.pipelines, at: now).entries, at: now)
    }

    func jobs(_ request: HTTPRequest, _ status: StatusDocument, _ now: Timestamp) async throws -> any DashboardPage {
        let group = request.parameter("group").map { "state:failed group:\($0)" }
        let view = JobsView(
            query: request.parameter("q") ?? group ?? "",
            state: request.parameter("state").flatMap { $0.isEmpty ? nil : $0 },
            before: try request.integer("before", in: 1...Int.max).map(Job.ID.init))
        let list = try await reader.jobs(view, limit: Self.listSize, at: now)
        return JobsPage(
            frame: reader.frame("Jobs", in: .jobs, status, at: now), notice: Self.notice(of: request), view: view,
            counts: reader.counts(status), jobs: list.jobs, next: list.next, lookedAt: list.lookedAt,
            pipeline: service.pipelines.first { $0.configuration.source.takesJobs }?.name ?? "mail")
    }

    func job(_ request: HTTPRequest, _ status: StatusDocument, _ now: Timestamp) async throws -> any DashboardPage {
        let id = try request.jobID
        guard let details = try await service.records.details([id]).first ?? nil else {
            throw StoreError.unknownJob(id)
        }
        let consumer = service.pipelines.consumer(of: id)
        let pipeline = service.pipelines.first { $0.name == details.record.pipeline }
        let shown = try request.integer("attempt", in: 1...Int.max) ?? details.record.job.attempt
        let explanation =
            try await pipeline?.explain(details.record.cut(to: JobRow.textLimit)).reason
            ?? "the configuration has no pipeline '\(details.record.pipeline)' any more"
        return JobPage(
            frame: reader.frame("Job \(id)", in: .jobs, isBelow: true, status, at: now),
            notice: Self.notice(of: request), details: details,
            consumer: consumer, explanation: explanation, blockers: try await service.records.blockers(job: id),
            dependents: try await service.records.dependents(job: id, limit: JobPage.dependentLimit + 1),
            shown: shown,
            output: try await OutputLines.read(
                job: id, attempt: shown, from: service.records, live: service.steering.outputs),
            at: now)
    }

    func failures(_ request: HTTPRequest, _ status: StatusDocument, _ now: Timestamp) async throws -> any DashboardPage
    {
        FailuresPage(
            frame: reader.frame("Failures", in: .failures, status, at: now),
            failures: try await BulkRoutes(service: service).failures(
                JobSearch(states: [.failed]), before: .max, within: Self.failureTime),
            at: now)
    }

    func schedules(_ request: HTTPRequest, _ status: StatusDocument, _ now: Timestamp) async throws -> any DashboardPage
    {
        SchedulesPage(
            frame: reader.frame("Schedules", in: .schedules, status, at: now), notice: Self.notice(of: request),
            schedules: try await SchedulesDocument(of: service.pipelines, at: now), at: now)
    }

    func plugins(_ request: HTTPRequest, _ status: StatusDocument, _ now: Timestamp) async throws -> any DashboardPage {
        // Their directory may give no answer for a while.
        let plugins = try await onThread(named: "kata-plugins") { service.plugins() }
        return PluginsPage(frame: reader.frame("Plugins", in: .plugins, status, at: now), plugins: plugins)
    }

    func drain(_ request: HTTPRequest, _ status: StatusDocument, _ now: Timestamp) async throws -> any DashboardPage {
        DrainPage(
            frame: reader.frame("Drain", in: .drain, status, at: now), forecast: service.drainForecast(),
            status: status, at: now)
    }

    func pipeline(_ request: HTTPRequest, _ status: StatusDocument, _ now: Timestamp) async throws -> any DashboardPage
    {
        let pipeline = try service.pipeline(request.pipelineName)
        let snapshot = try await reader.snapshot(of: pipeline)
        return PipelinePage(
            frame: reader.frame(pipeline.name, in: .overview, isBelow: true, status, at: now),
            notice: Self.notice(of: request), pipeline: snapshot,
            results: try await reader.latestResults(of: pipeline.status()),
            isFinite: pipeline.configuration.source.extent != .endless, at: now)
    }
}
