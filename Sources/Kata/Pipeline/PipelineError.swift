/// What a pipeline refuses.
public enum PipelineError: Error, Hashable, CustomStringConvertible {
    case draining(pipeline: String)
    /// Its source is not one that jobs are submitted to.
    case takesNoJobs(pipeline: String)

    public var description: String {
        switch self {
        case .draining(let pipeline): "pipeline '\(pipeline)' is draining and takes no more"
        case .takesNoJobs(let pipeline):
            "pipeline '\(pipeline)' makes its own items; only one with 'producer: { plugin: inbox }' takes jobs"
        }
    }
}
