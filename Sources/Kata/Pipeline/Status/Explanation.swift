/// Why a job stands where it stands, or what a pipeline waits for.
public struct Explanation: Hashable, Sendable {
    /// Where the job stands, or what holds it or the pipeline back. The raw value is what the HTTP interface says.
    public enum Code: String, Sendable {
        case finished, running, scheduled, waiting, paused, draining, limit, queued, idle, problem
        case handlerDown = "handler_down"
        case noWorker = "no_worker"
        case noPipeline = "no_pipeline"
    }

    /// Where it stands, for programs.
    public let code: Code
    /// In words, for people, without a full stop. Where it says `it`, the job or the pipeline is meant.
    public let reason: String

    /// Makes an explanation of a code for programs and a reason for people.
    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}
