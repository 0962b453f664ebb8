/// Which results to read: those that both conditions hold for.
public struct ResultSelection: Hashable, Sendable {
    /// The runs whose results are read.
    public enum Runs: Hashable, Sendable {
        /// Every run.
        case all
        /// The latest run of the pipeline, or of each pipeline if none is named.
        case latest
        /// The runs with these ids; an id that there is not selects nothing.
        case only(Set<Run.ID>)

        /// Reads a run's number, `latest` or `all`; `nil` if the text is none of these.
        public init?(_ text: String) {
            switch text {
            case "all": self = .all
            case "latest": self = .latest
            default:
                guard let id = Run.ID(text), id > 0 else { return nil }
                self = .one(id)
            }
        }

        /// The run with that id alone.
        public static func one(_ run: Run.ID) -> Runs { .only([run]) }
    }

    /// `nil` means every pipeline.
    public var pipeline: String?
    /// Which of the runs.
    public var runs: Runs

    /// Selects every result, unless it is told less.
    public init(pipeline: String? = nil, runs: Runs = .all) {
        self.pipeline = pipeline
        self.runs = runs
    }
}
