/// What a store refuses, with nothing changed. A later version may refuse more than this one does, so ask for the ``code``.
public struct StoreError: Error, Hashable, CustomStringConvertible {
    /// The kind of a refusal.
    public struct Code: Hashable, Sendable {
        private enum Kind {
            case runUnfinished, unknownRun, unknownJob, wrongState, uniqueTaken, keyReused, begun, otherSource
        }

        private let kind: Kind

        /// A pipeline has one unfinished run at the most.
        public static let runUnfinished = Code(kind: .runUnfinished)
        /// There is no run with that id.
        public static let unknownRun = Code(kind: .unknownRun)
        /// There is no job with that id.
        public static let unknownJob = Code(kind: .unknownJob)
        /// The action is not for a job in that state.
        public static let wrongState = Code(kind: .wrongState)
        /// Another job has the unique key meanwhile.
        public static let uniqueTaken = Code(kind: .uniqueTaken)
        /// A handler has the job in hand.
        public static let begun = Code(kind: .begun)
        /// Another node works on the run with another source.
        public static let otherSource = Code(kind: .otherSource)
        /// The idempotency key was used before, for something else.
        public static let keyReused = Code(kind: .keyReused)
    }

    /// Tells the kind apart from others.
    public let code: Code
    /// A sentence for people, with the ids and without a full stop.
    public let description: String

    private init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// A refusal of kind ``Code/runUnfinished``.
    public static func runUnfinished(pipeline: String, run: Run.ID) -> StoreError {
        StoreError(.runUnfinished, "run \(run) of pipeline '\(pipeline)' is not finished yet")
    }

    /// A refusal of kind ``Code/unknownRun``.
    public static func unknownRun(_ run: Run.ID) -> StoreError {
        StoreError(.unknownRun, "there is no run \(run)")
    }

    /// A refusal of kind ``Code/unknownJob``.
    public static func unknownJob(_ job: Job.ID) -> StoreError {
        StoreError(.unknownJob, "there is no job \(job)")
    }

    /// A refusal of kind ``Code/wrongState``. The `action` is what was asked for, as in "cancel" or "retry".
    public static func wrongState(job: Job.ID, state: JobState, action: String) -> StoreError {
        StoreError(.wrongState, "job \(job) is \(state.rawValue), so there is nothing to \(action)")
    }

    /// A refusal of kind ``Code/uniqueTaken``: the job `other` has the unique key.
    public static func uniqueTaken(job: Job.ID, by other: Job.ID) -> StoreError {
        StoreError(
            .uniqueTaken,
            "job \(other) has the unique key of job \(job), and is not finished; nothing is to be done twice")
    }

    /// A refusal of kind ``Code/begun``.
    public static func begun(_ job: Job.ID) -> StoreError {
        StoreError(.begun, "job \(job) has begun, so it can't be changed; cancel it, or wait for its end")
    }

    /// A refusal of kind ``Code/wrongState``: the job's item is written anew with each failure.
    public static func gathersFailures(_ job: Job.ID) -> StoreError {
        StoreError(
            .wrongState, "job \(job) gathers failures until it is due, so its item can't be changed; cancel it, or wait"
        )
    }

    /// A refusal of kind ``Code/otherSource``.
    public static func otherSource(pipeline: String, node: String) -> StoreError {
        StoreError(
            .otherSource,
            "the node '\(node)' works on pipeline '\(pipeline)' with another source; give all nodes the same configuration"
        )
    }

    /// A refusal of kind ``Code/keyReused``.
    public static func keyReused(key: String) -> StoreError {
        StoreError(.keyReused, "the idempotency key '\(key)' was used before for other jobs; use a new one")
    }

    /// Why a job is cancelled that waited for another one.
    package static func blockerReason(_ job: Job.ID, _ state: JobState) -> String {
        "job \(job), which it was to wait for, \(state == .failed ? "failed" : "was cancelled")"
    }
}
