import Kata
import KataAPI
import NIOHTTP1

/// Which events a client wants.
struct EventQuery: Sendable {
    static let parameters = ["pipeline", "job", "types"]
    /// What there is besides ``LiveEvent/Kind``.
    static let status = "status"

    /// `nil` means any.
    let pipeline: String?
    let job: Job.ID?
    let kinds: Set<LiveEvent.Kind>
    let wantsStatus: Bool
    /// The last event that a client had, which has come back; `nil` if it is new, or has had none.
    let lastEvent: EventMark?

    /// - Throws: ``ProblemDocument``.
    init(_ request: HTTPRequest) throws {
        pipeline = request.parameter("pipeline")
        job = try request.parameter("job").map { text in
            guard let id = Job.ID(text), id > 0 else {
                throw ProblemDocument.badParameter(
                    "job must be the id of a job, not '\(CutText(text, limit: 40).marked)'".printable)
            }
            return id
        }
        let known = [Self.status] + LiveEvent.Kind.allCases.map(\.rawValue)
        let types = request.parameter("types")?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if let other = types?.first(where: { !known.contains($0) }) {
            throw ProblemDocument.badParameter(
                "types must be some of \(known.joined(separator: ",")), not '\(CutText(other, limit: 40).marked)'"
                    .printable)
        }
        kinds = Set(LiveEvent.Kind.allCases.filter { types?.contains($0.rawValue) ?? true })
        wantsStatus = types?.contains(Self.status) ?? true
        // One that can't be understood may be of another program, and counts as none of ours.
        lastEvent = request.headers.first(name: "Last-Event-ID").map { EventMark($0) ?? .unknown }
    }

    func wants(_ event: LiveEvent) -> Bool {
        kinds.contains(event.kind) && (pipeline.map { $0 == event.pipeline } ?? true)
            && (job.map { $0 == event.job } ?? true)
    }
}
