import Kata

/// A job in a consumer's hands.
struct RunningJob: Sendable {
    let id: Job.ID
    let pipeline: String
    let item: String
    let consumer: String
    let time: String
    let progress: ProgressText?

    init?(_ consumer: ConsumerStatus, of pipeline: String) {
        guard let job = consumer.jobID else { return nil }
        id = job
        self.pipeline = pipeline
        item = CutText(consumer.item ?? "", limit: JobRow.textLimit).marked.printable
        self.consumer = consumer.id
        time = consumer.busyTime.map { Words.duration($0.seconds) } ?? "–"
        progress = consumer.progress.map { ProgressText($0, of: job) }
    }
}

/// How far a job is.
struct ProgressText: Sendable {
    let id: Job.ID
    let percent: Int?
    let text: String?

    init(_ progress: JobProgress, of job: Job.ID) {
        id = job
        percent = progress.fraction.map { Int(($0 * 100).rounded(.down)) }
        text = progress.text.isEmpty ? nil : CutText(progress.text, limit: JobRow.textLimit).marked.printable
    }
}
