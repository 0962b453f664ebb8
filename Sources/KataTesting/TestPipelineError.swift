import Kata

/// Why a ``TestPipeline`` can't do what it was asked to do.
public struct TestPipelineError: Error, CustomStringConvertible {
    /// For people.
    public let description: String

    init(_ description: String) {
        self.description = description
    }

    init(unfinished reasons: [String]) {
        description = "there is unfinished work: \(reasons.joined(separator: "; "))"
    }

    init(unknown job: Job.ID) {
        description = "there is no job \(job)"
    }
}
