import Kata

/// How far a job is.
struct ProgressText: Sendable {
    let id: Job.ID
    let percent: Int?
    let text: String?

    init(_ progress: JobProgress, of job: Job.ID) {
        id = job
        percent = progress.fraction.map { Int(($0 * 100).rounded(.down)) }
        text = progress.text.isEmpty ? nil : CutText(progress.text, limit: ListText.limit).marked.printable
    }
}
