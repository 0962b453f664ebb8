import Kata
import KataAPI
import KataDashboard

extension DashboardReader {
    /// Jobs of a list, and where it goes on.
    struct JobList {
        var jobs: [JobRow] = []
        /// `nil` if there are no more.
        var next: Job.ID?
        /// `nil` if it was no search.
        var lookedAt: Int?
    }

    /// How long a page looks for jobs.
    private static let patience = Duration.milliseconds(40)

    /// The jobs of all pipelines in each state, in the order in which they are shown.
    func counts(_ status: StatusDocument) -> [(state: String, count: Int)] {
        let counts = status.pipelines.map(\.counts)
        func sum(_ count: (StatusDocument.Counts) -> Int) -> Int { counts.reduce(0) { $0 + count($1) } }
        return [
            ("pending", sum { $0.pending + $0.queued }), ("running", sum(\.running)), ("scheduled", sum(\.scheduled)),
            ("waiting", sum(\.waiting)), ("done", sum(\.done)), ("failed", sum(\.failed)),
            ("cancelled", sum(\.cancelled)),
        ]
    }

    /// What a list looks for.
    ///
    /// - Returns: also whether only running jobs are meant, which the store does not know.
    /// - Throws: ``ProblemDocument``.
    func search(_ view: JobsView) throws -> (search: JobSearch, isRunning: Bool) {
        var search = JobSearch()
        var state = view.state
        for field in QueryWords(view.query).fields {
            switch field.name {
            case "state": state = field.value
            case "pipeline": search.pipeline = try service.pipeline(field.value).name
            case "error": search.error = field.value
            case "key": search.key = field.value
            case "unique": search.unique = field.value
            case "tag": search.tag = field.value
            case "since": search.since = try HTTPRequest.time(field.value, "since")
            case "until": search.until = try HTTPRequest.time(field.value, "until")
            case "group": search.group = field.value
            default: search.item = field.value
            }
        }
        if state == "running" { return (search, true) }
        search.states = try state.map { [try JobState(parameter: $0, others: ["running"])] }
        return (search, false)
    }

    func jobs(_ view: JobsView, limit: Int, at now: Timestamp) async throws -> JobList {
        let (search, isRunning) = try search(view)
        let consumers = service.pipelines.busyConsumers
        var list = JobList()
        var ids: [Job.ID] = []
        if isRunning {
            let running = consumers.keys.filter { $0 < view.before ?? .max }.sorted(by: >)
            let matching = try await service.records.jobs(running, textLimit: .max).filter(search.selects).map(\.job.id)
            ids = Array(matching.prefix(limit))
            list.next = matching.count > limit ? ids.last : nil
        } else {
            var before: Job.ID? = view.before ?? .max
            var lookedAt = 0
            let clock = PreciseClock()
            let start = clock.now
            while ids.count < limit, let from = before, start.duration(to: clock.now) < Self.patience {
                let page = try await service.records.search(search, before: from, limit: limit - ids.count)
                ids += page.jobs
                lookedAt += page.lookedAt
                before = page.next
            }
            list.next = before
            list.lookedAt = search.isPlain ? nil : lookedAt
        }
        list.jobs = try await rows(ids, consumers, at: now)
        return list
    }

    /// Those of these jobs that there are.
    func rows(_ ids: [Job.ID], _ consumers: [Job.ID: ConsumerStatus], at now: Timestamp) async throws -> [JobRow] {
        let records = try await service.records.jobs(ids, textLimit: JobRow.textLimit)
        let durations = try await service.records.lastDurations(jobs: ids)
        return records.map { record in
            JobRow(record, consumer: consumers[record.job.id], duration: durations[record.job.id], at: now)
        }
    }
}
