/// What a pipeline refuses.
public enum PipelineError: Error, Hashable, CustomStringConvertible {
    case draining(pipeline: String)

    public var description: String {
        switch self {
        case .draining(let pipeline): "pipeline '\(pipeline)' is draining and takes no more"
        }
    }
}
