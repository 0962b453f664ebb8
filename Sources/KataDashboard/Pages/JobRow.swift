public import Kata
import KataCharts

/// A job in a list.
public struct JobRow: Sendable {
    /// How many bytes of an item or an error a list shows.
    public static let textLimit = ListText.limit

    let id: Job.ID
    let state: String
    let pipeline: String
    let item: String
    let attempt: String
    let age: String
    let took: String
    let progress: ProgressText?
    let error: String?
    let detail: String?

    /// - Parameters:
    ///   - consumer: who has the job in hand.
    ///   - duration: how long the last attempt took that is over.
    public init(_ record: JobRecord, consumer: ConsumerStatus?, duration: Duration?, at now: Timestamp) {
        id = record.job.id
        state = consumer == nil ? record.state.rawValue : "running"
        pipeline = record.pipeline
        item = CutText(record.job.shownItem, limit: Self.textLimit).marked.printable
        attempt = record.job.maxAttempts.map { "\(record.job.attempt) of \($0)" } ?? "\(record.job.attempt)"
        age = Words.age(record.createdAt.duration(to: now).seconds)
        took = (consumer?.busyTime ?? duration).map { Words.duration($0.seconds) } ?? "–"
        progress = consumer?.progress.map { ProgressText($0, of: record.job.id) }
        error = record.error.map { CutText($0, limit: Self.textLimit).marked.printable }
        if let consumer {
            detail = progress == nil ? consumer.id : nil
        } else if record.state == .scheduled, let due = record.runAt {
            detail = "in \(Words.age(now.duration(to: due).seconds))"
        } else {
            detail = nil
        }
    }
}
