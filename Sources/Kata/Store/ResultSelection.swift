/// Which results to read.
public struct ResultSelection: Hashable, Sendable {
    public enum Runs: Hashable, Sendable {
        case all
        /// The latest run of the pipeline, or of each pipeline if none is named.
        case latest
        case only(Set<Run.ID>)

        /// Reads a run's number, `latest` or `all`.
        public init?(_ text: String) {
            switch text {
            case "all": self = .all
            case "latest": self = .latest
            default:
                guard let id = Run.ID(text), id > 0 else { return nil }
                self = .one(id)
            }
        }

        public static func one(_ run: Run.ID) -> Runs { .only([run]) }
    }

    /// `nil` means every pipeline.
    public var pipeline: String?
    public var runs: Runs

    public init(pipeline: String? = nil, runs: Runs = .all) {
        self.pipeline = pipeline
        self.runs = runs
    }
}
