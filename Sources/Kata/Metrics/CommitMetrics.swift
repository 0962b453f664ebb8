import Metrics

/// Times commits, and counts what is recorded with one, for whichever metrics system the program was set up with.
///
/// | label | kind |
/// |---|---|
/// | `kata_commit_duration_seconds` | timer: of transactions, from their begin until they are durable |
/// | `kata_commit_jobs` | recorder: outcomes of attempts in one transaction, if there are any |
struct CommitMetrics: Sendable {
    private let duration: Metrics.Timer
    private let jobs: Metrics.Recorder

    init(factory: any MetricsFactory) {
        duration = Metrics.Timer(label: "kata_commit_duration_seconds", dimensions: [], factory: factory)
        jobs = Metrics.Recorder(label: "kata_commit_jobs", dimensions: [], aggregate: true, factory: factory)
    }

    func committed(_ count: Int, in duration: Duration) {
        self.duration.recordNanoseconds(duration.nanoseconds)
        if count > 0 { jobs.record(Int64(count)) }
    }
}
