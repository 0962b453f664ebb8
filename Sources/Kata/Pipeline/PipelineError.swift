/// What a pipeline refuses. A later version may refuse more than this one does, so ask for the ``code``.
public struct PipelineError: Error, Hashable, CustomStringConvertible {
    /// The kind of a refusal.
    public struct Code: Hashable, Sendable {
        private enum Kind {
            case draining, takesNoJobs, noRun, unknownEntry, entryIsBusy
        }

        private let kind: Kind

        /// The pipeline is being drained, so that no run is started.
        public static let draining = Code(kind: .draining)
        /// The source of the pipeline is not one that jobs are submitted to.
        public static let takesNoJobs = Code(kind: .takesNoJobs)
        /// The pipeline has no run that is not finished.
        public static let noRun = Code(kind: .noRun)
        /// The pipeline's schedule has no entry of that name.
        public static let unknownEntry = Code(kind: .unknownEntry)
        /// The entry's job before is not finished, and there is to be no other one meanwhile.
        public static let entryIsBusy = Code(kind: .entryIsBusy)
    }

    /// Tells the kind apart from others.
    public let code: Code
    /// A sentence for people, with the pipeline's name and without a full stop.
    public let description: String

    private init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// A refusal of kind ``Code/draining``.
    public static func draining(pipeline: String) -> PipelineError {
        PipelineError(.draining, "pipeline '\(pipeline)' is draining and takes no more")
    }

    /// A refusal of kind ``Code/takesNoJobs``.
    public static func takesNoJobs(pipeline: String) -> PipelineError {
        PipelineError(
            .takesNoJobs,
            "pipeline '\(pipeline)' makes its own items; only one with 'producer: { plugin: inbox }' takes jobs")
    }

    /// A refusal of kind ``Code/noRun``.
    public static func noRun(pipeline: String) -> PipelineError {
        PipelineError(.noRun, "pipeline '\(pipeline)' has no run that could be abandoned: all are finished")
    }

    /// A refusal of kind ``Code/unknownEntry``.
    ///
    /// - Parameters:
    ///   - entry: the name that was asked for.
    ///   - pipeline: the name of the one whose schedule lacks it.
    ///   - known: the names of the entries that there are; none if there is no schedule.
    public static func unknownEntry(_ entry: String, pipeline: String, known: [String]) -> PipelineError {
        let hint =
            known.isEmpty
            ? "it has no schedule"
            : nearest(to: entry, in: known).map { "did you mean '\($0)'?" }
                ?? "there is \(known.joined(separator: ", "))"
        return PipelineError(
            .unknownEntry, "pipeline '\(pipeline)' has no entry '\(entry.abbreviated)' in its schedule; \(hint)")
    }

    /// A refusal of kind ``Code/entryIsBusy``.
    public static func entryIsBusy(_ entry: String, pipeline: String, job: Job.ID) -> PipelineError {
        PipelineError(
            .entryIsBusy,
            "job \(job) of entry '\(entry)' of pipeline '\(pipeline)' is not finished, and its overlap is skip; wait for it, or cancel it"
        )
    }
}
