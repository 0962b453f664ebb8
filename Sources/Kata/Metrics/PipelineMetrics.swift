import Metrics

/// Counts and times what becomes of the jobs of a pipeline, for whichever metrics system the program was set up with. Each has the
/// dimension `pipeline`.
///
/// | label | kind | further dimensions |
/// |---|---|---|
/// | `kata_jobs_submitted_total` | counter: jobs that were added, by clients, sources or alarms | |
/// | `kata_jobs_deduplicated_total` | counter: jobs that were asked for and were there already | |
/// | `kata_attempts_total` | counter: attempts that are over | `outcome`: `done`, `failed`, `interrupted`, `cut_off`, `cancelled` |
/// | `kata_attempts_failed_total` | counter | `reason`: a ``FailureKind`` |
/// | `kata_jobs_finished_total` | counter: jobs that came to an end, again after each retry by hand | `outcome`: `done`, `failed`, `cancelled` |
/// | `kata_jobs_interrupted_total` | counter: attempts that were cut off through no fault of theirs, by the end of the daemon, too | |
/// | `kata_jobs_quarantined_total` | counter: jobs that failed because they were interrupted too often | |
/// | `kata_attempt_duration_seconds` | timer: of attempts that came to an end of their own | |
/// | `kata_job_wait_seconds` | timer: from when an attempt could have begun until it began | |
///
/// What concerns outcomes is counted when it is recorded, so that it is what the store has.
final class PipelineMetrics: Sendable {
    private let submitted: Counter
    private let deduplicated: Counter
    private let attemptsDone: Counter
    private let attemptsFailed: Counter
    private let attemptsInterrupted: Counter
    private let attemptsCutOff: Counter
    private let attemptsCancelled: Counter
    private let failures: [FailureKind: Counter]
    private let jobsDone: Counter
    private let jobsFailed: Counter
    private let jobsCancelled: Counter
    private let interrupted: Counter
    private let quarantined: Counter
    private let duration: Timer
    private let wait: Timer
    /// The same for those who look at the daemon itself, as far as it is of the last hour.
    let activity = PipelineActivity()

    /// - Parameter factory: makes the instruments. One that is asked twice for the same instrument gives the same one, so that
    ///   a pipeline that takes over from another one goes on counting.
    init(pipeline: String, factory: any MetricsFactory) {
        func counter(_ label: String, _ dimension: (String, String)? = nil) -> Counter {
            let dimensions = [("pipeline", pipeline)] + [dimension].compactMap { $0 }
            return Counter(label: label, dimensions: dimensions, factory: factory)
        }
        func timer(_ label: String) -> Timer {
            Timer(label: label, dimensions: [("pipeline", pipeline)], factory: factory)
        }
        func attempts(_ outcome: String) -> Counter { counter("kata_attempts_total", ("outcome", outcome)) }
        func jobs(_ outcome: String) -> Counter { counter("kata_jobs_finished_total", ("outcome", outcome)) }
        submitted = counter("kata_jobs_submitted_total")
        deduplicated = counter("kata_jobs_deduplicated_total")
        attemptsDone = attempts("done")
        attemptsFailed = attempts("failed")
        attemptsInterrupted = attempts("interrupted")
        attemptsCutOff = attempts("cut_off")
        attemptsCancelled = attempts("cancelled")
        failures = Dictionary(
            uniqueKeysWithValues: FailureKind.allCases.map { kind in
                (kind, counter("kata_attempts_failed_total", ("reason", kind.rawValue)))
            })
        jobsDone = jobs("done")
        jobsFailed = jobs("failed")
        jobsCancelled = jobs("cancelled")
        interrupted = counter("kata_jobs_interrupted_total")
        quarantined = counter("kata_jobs_quarantined_total")
        duration = timer("kata_attempt_duration_seconds")
        wait = timer("kata_job_wait_seconds")
    }

    /// Counts jobs that were added.
    func added(_ count: Int, at time: Timestamp) {
        if count == 0 { return }
        submitted.increment(by: count)
        activity.added(count, at: time)
    }

    /// Counts jobs that were asked for and were there already.
    func foundDuplicates(_ count: Int) {
        if count > 0 { deduplicated.increment(by: count) }
    }

    /// Counts a job that was cancelled.
    func cancelled() {
        jobsCancelled.increment()
    }

    /// Counts an attempt that ended because its job was cancelled.
    func attemptCancelled() {
        attemptsCancelled.increment()
    }

    /// Counts jobs that were in hand when the daemon ended.
    func brokeOff(_ count: Int) {
        if count > 0 { interrupted.increment(by: count) }
    }

    /// Counts and times an attempt whose outcome was recorded.
    func recorded(_ completion: Completion) {
        switch completion.outcome {
        case .done:
            attemptsDone.increment()
            jobsDone.increment()
        case .failed:
            failed(completion)
            jobsFailed.increment()
        case .retry: failed(completion)
        case .interrupted:
            attemptsInterrupted.increment()
            interrupted.increment()
        case .cutOff: attemptsCutOff.increment()
        // Nothing was tried.
        case .postponed: return
        }
        // Each job comes by here, so numbers are reckoned with, and not durations.
        let began = completion.startedAt.milliseconds
        if let ready = completion.job.readyAt { wait.recordNanoseconds(max(0, began - ready.milliseconds) * 1_000_000) }
        guard completion.outcome.isFinished, completion.failureKind != .quarantined else { return }
        let milliseconds = completion.finishedAt.milliseconds - began
        activity.ended(completion.outcome.state, at: completion.finishedAt, milliseconds: milliseconds)
        duration.recordNanoseconds(milliseconds * 1_000_000)
    }

    private func failed(_ completion: Completion) {
        let kind = completion.failureKind ?? .plugin
        failures[kind]?.increment()
        if kind == .quarantined { quarantined.increment() } else { attemptsFailed.increment() }
    }
}
