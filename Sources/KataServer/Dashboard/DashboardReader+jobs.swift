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
    private static let patience = Duration.milliseconds(20)

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
        list.lookedAt = search.isPlain && (records.count == limit || list.next == nil) ? nil : lookedAt
        list.jobs = try await rows(records, consumers, at: now)
        return list
    }

    /// How long jobs are looked for that are to be changed, and how many a form can name.
    private static let matchTime = Duration.milliseconds(20)
    private static let matchLimit = 100_000

    /// Jobs of a list that are in one of these states.
    struct Matching {
        var jobs: [Job.ID] = []
        /// Whether these are all.
        var areAll = true
    }

    /// The jobs of a list that are in one of these states, as far as they are found soon.
    func matching(_ view: JobsView, in states: Set<JobState>) async throws -> Matching {
        let (search, isRunning) = try search(view)
        var matching = Matching()
        if isRunning {
            var running = search
            running.states = (search.states ?? states).intersection(states)
            let consumers = service.pipelines.busyConsumers
            let read = JobListPages.readRunning(consumers, running, in: service.records)
            matching.jobs = try await read(.max, consumers.count + 1).jobs.map(\.job.id)
            return matching
        }
        let clock = PreciseClock()
        let end = clock.now.advanced(by: Self.matchTime)
        for part in try searches(view, in: states) {
            let found = try await service.steering.find(
                part, most: Self.matchLimit - matching.jobs.count, within: clock.now.duration(to: end))
            matching.jobs += found.jobs
            matching.areAll = matching.areAll && found.areAll
        }
        return matching
    }

    /// What a list looks for in these states, one after the other: each has an index of its own. None where only running jobs are
    /// meant, which the store does not know.
    func searches(_ view: JobsView, in states: Set<JobState>) throws -> [JobSearch] {
        let (search, isRunning) = try search(view)
        if isRunning { return [] }
        return (search.states ?? states).intersection(states).sorted { $0.rawValue < $1.rawValue }.map { state in
            var part = search
            part.states = [state]
            return part
        }
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
