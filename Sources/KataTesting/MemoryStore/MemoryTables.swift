import Kata

/// What a ``MemoryJobStore`` holds.
struct MemoryTables {
    var runs: [Run.ID: Run] = [:]
    /// In order of id.
    var jobs: [JobRecord] = []
    /// From when on the time counts until jobs are due that were put off.
    var putOff: [Job.ID: Timestamp] = [:]
    /// Jobs that were marked as in a handler's hands and have no outcome since.
    var startedJobs: Set<Job.ID> = []
    /// Which jobs a job still waits for.
    var blockers: [Job.ID: Set<Job.ID>] = [:]
    /// Jobs that go on whatever becomes of the jobs that they wait for.
    var patientJobs: Set<Job.ID> = []
    var attempts: [Job.ID: [Attempt]] = [:]
    /// What jobs have left for their next attempts.
    var checkpoints: [Job.ID: String] = [:]
    var results: [JobResult] = []
    /// When a job of a pipeline was done last.
    var lastSuccesses: [String: Timestamp] = [:]
    var resultOfJob: [Job.ID: JobResult.ID] = [:]
    /// The job of the latest result.
    var lastResultJob: Job.ID?
    var drains: [String: DrainReceipt] = [:]
    var retentionClocks: [String: RetentionClock] = [:]
    var pausedPipelines: Set<String> = []
    /// When jobs began last, by pipeline.
    var starts: [String: LastStarts] = [:]
    var openSessions: Set<Run.ID> = []
    /// Jobs that tell of others.
    var alarms: [Job.ID: AlarmKind] = [:]
    /// The latest alarm of each pipeline that gathers its failures, by the pipeline's name.
    var gatheredAlarms: [String: GatheredAlarm] = [:]
    var openFailures: [NamedPart: OpenFailure] = [:]
    var expectations: [NamedPart: Expectation] = [:]
    /// The entries of schedules that jobs are of.
    var entryOfJob: [Job.ID: String] = [:]
    var scheduleEntries: [NamedPart: (pausedAt: Timestamp?, lastJob: Job.ID?)] = [:]
    var submissions: [SubmissionName: (submission: Submission, at: Timestamp)] = [:]

    /// In order of id.
    var outputs: [Output] = []

    struct Output {
        let job: Job.ID
        let pipeline: String
        let record: OutputRecord
        /// In order of position.
        var pieces: [OutputPiece]

        var bytes: Int { pieces.reduce(0) { $0 + $1.bytes.count } }
    }

    struct SubmissionName: Hashable {
        let pipeline: String
        let key: String
    }

    /// What is told apart within a pipeline by a name.
    struct NamedPart: Hashable {
        let pipeline: String
        let name: String
    }

    /// In digits. A longer number would not fit a floating-point number.
    private static let longestNumber = 300

    /// The item's value if it is a whole number, or else 0.
    static func wholeNumber(_ item: String) -> Double {
        let digits = item.hasPrefix("-") ? item.dropFirst() : item[...]
        return (1...MemoryTables.longestNumber).contains(digits.count)
            && digits.utf8.allSatisfy { (48...57).contains($0) } ? Double(item) ?? 0 : 0
    }

    func index(of id: Job.ID) -> Int? {
        // As long as no job was pruned, the id is one more than the index.
        if jobs.indices.contains(Int(id) - 1), jobs[Int(id) - 1].job.id == id { return Int(id) - 1 }
        return jobs.firstIndex { $0.job.id == id }
    }

    func isPrunable(_ record: JobRecord, _ selection: PruneSelection) -> Bool {
        record.pipeline == selection.pipeline && record.state == selection.state
            && record.finishedAt.map { $0 < selection.finishedBefore } ?? false
            && selection.search.selects(record) && record.job.id != jobs.last?.job.id && record.job.id != lastResultJob
    }

    func unfinishedRun(pipeline: String) -> Run? {
        runs.values.first { $0.pipeline == pipeline && $0.finishedAt == nil }
    }

    func latestRun(pipeline: String) -> Run? {
        runs.values.filter { $0.pipeline == pipeline }.max { $0.id < $1.id }
    }

    func runs(in selection: ResultSelection) -> Set<Run.ID> {
        let candidates = runs.values.filter { selection.pipeline == nil || $0.pipeline == selection.pipeline }
        switch selection.runs {
        case .all: return Set(candidates.map(\.id))
        case .latest:
            return Set(Dictionary(grouping: candidates, by: \.pipeline).values.compactMap { $0.map(\.id).max() })
        case .only(let ids): return ids.intersection(candidates.map(\.id))
        }
    }
}
