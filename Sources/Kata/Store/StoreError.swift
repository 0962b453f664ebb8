/// What a store refuses.
public enum StoreError: Error, Hashable, CustomStringConvertible {
    case runUnfinished(pipeline: String, run: Run.ID)
    case unknownRun(Run.ID)

    public var description: String {
        switch self {
        case .runUnfinished(let pipeline, let run): "run \(run) of pipeline '\(pipeline)' is not finished yet"
        case .unknownRun(let run): "there is no run \(run)"
        }
    }
}
