import Kata
import KataAPI
import NIOHTTP1

/// What a client wants to see of the output of a job.
struct OutputQuery: Sendable {
    /// How the output is written.
    enum Format: Sendable {
        /// The bytes as they were printed.
        case bytes
        /// An object a line, see ``OutputDocument``.
        case objects
    }

    let job: Job.ID
    /// Whether to go on until the job is finished.
    let follows: Bool
    /// `nil` means all.
    let attempt: Int?
    /// `nil` means both.
    let stream: OutputPiece.Stream?
    /// What was printed before is left out.
    let since: Timestamp?
    /// What comes before is known.
    let after: OutputMark?
    let format: Format

    static let parameters = ["follow", "attempt", "stream", "since", "after"]

    /// - Throws: ``ProblemDocument``.
    init(_ request: HTTPRequest, now: Timestamp) throws {
        job = try request.jobID
        follows = try request.flag("follow")
        attempt = try request.integer("attempt", in: 1...Int.max)
        stream = try request.parameter("stream").map { text in
            guard let stream = OutputPiece.Stream(rawValue: text) else {
                throw ProblemDocument.badParameter("stream must be out or err")
            }
            return stream
        }
        since = try request.time("since", now: now)
        after = try request.parameter("after").map { text in
            guard let mark = OutputMark(text) else {
                throw ProblemDocument.badParameter("after must be the mark of an object that was sent before")
            }
            return mark
        }
        let accepted = request.headers[canonicalForm: "Accept"]
        format = accepted.contains { $0.lowercased().hasPrefix("application/x-ndjson") } ? .objects : .bytes
    }
}
