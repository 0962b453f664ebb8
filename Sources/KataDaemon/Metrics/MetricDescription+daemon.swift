import KataMetrics

extension MetricDescription {
    /// What pipelines and the recorder count and time.
    static let ofJobs: [MetricDescription] = [
        .init("kata_jobs_submitted_total", help: "Jobs that were added, by clients, sources or alarms."),
        .init("kata_jobs_deduplicated_total", help: "Jobs that were asked for and were there already."),
        .init("kata_attempts_total", help: "Attempts that are over, by outcome."),
        .init("kata_attempts_failed_total", help: "Failures of attempts, by reason."),
        .init(
            "kata_jobs_finished_total",
            help: "Jobs that came to an end, by outcome; again if they were tried again by hand."),
        .init(
            "kata_jobs_interrupted_total",
            help: "Attempts that were cut off through no fault of theirs, an end of the daemon among others."),
        .init("kata_jobs_quarantined_total", help: "Jobs that failed because they were interrupted too often."),
        .init("kata_attempt_duration_seconds", help: "How long attempts took that came to an end of their own."),
        .init("kata_job_wait_seconds", help: "How long attempts waited from when they could have begun."),
        .init(
            "kata_commit_duration_seconds",
            help: "How long transactions took until they were durable.", bounds: shortDurations),
        .init("kata_commit_jobs", help: "Outcomes of attempts that were recorded in one transaction.", bounds: sizes),
    ]
}
