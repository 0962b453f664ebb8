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

    /// How many jobs are read at a time where all are wanted.
    private static let pageSize = 64
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
        let read =
            isRunning
            ? JobListPages.readRunning(consumers, search, in: service.records)
            : JobListPages.readFound(search, in: service.records)
        var list = JobList(next: view.before ?? .max)
        var records: [JobRecord] = []
        var lookedAt = 0
        let clock = PreciseClock()
        let start = clock.now
        while records.count < limit, let from = list.next, start.duration(to: clock.now) < Self.patience {
            let part = try await read(from, limit - records.count)
            records += part.jobs
            lookedAt += part.lookedAt
            list.next = part.next
        }
        list.lookedAt = search.isPlain ? nil : lookedAt
        list.jobs = try await rows(records, consumers, at: now)
        return list
    }

    /// All jobs of a list that are in one of these states.
    func matching(_ view: JobsView, in states: Set<JobState>) async throws -> [Job.ID] {
        var (search, isRunning) = try search(view)
        search.states = (search.states ?? states).intersection(states)
        if !isRunning { return try await service.steering.find(search) }
        let read = JobListPages.readRunning(service.pipelines.busyConsumers, search, in: service.records)
        var found: [Job.ID] = []
        var next: Job.ID? = .max
        while let from = next {
            let part = try await read(from, Self.pageSize)
            found += part.jobs.map(\.job.id)
            next = part.next
        }
        return found
    }

    /// Those of these jobs that there are.
    func rows(_ ids: [Job.ID], _ consumers: [Job.ID: ConsumerStatus], at now: Timestamp) async throws -> [JobRow] {
        try await rows(service.records.jobs(ids, textLimit: JobRow.textLimit), consumers, at: now)
    }

    private func rows(
        _ records: [JobRecord], _ consumers: [Job.ID: ConsumerStatus], at now: Timestamp
    ) async throws -> [JobRow] {
        let durations = try await service.records.lastDurations(jobs: records.map(\.job.id))
        return records.map { record in
            JobRow(record, consumer: consumers[record.job.id], duration: durations[record.job.id], at: now)
        }
    }
}
