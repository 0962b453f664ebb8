import Kata
import KataCharts

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
        item = CutText(consumer.item ?? "", limit: ListText.limit).marked.printable
        self.consumer = consumer.id
        time = consumer.busyTime.map { Words.duration($0.seconds) } ?? "–"
        progress = consumer.progress.map { ProgressText($0, of: job) }
    }
}
