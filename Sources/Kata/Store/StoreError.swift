/// What a store refuses.
public enum StoreError: Error, Hashable, CustomStringConvertible {
    case runUnfinished(pipeline: String, run: Run.ID)
    case unknownRun(Run.ID)
    case unknownJob(Job.ID)
    /// The action is not for jobs in that state.
    case wrongState(job: Job.ID, state: JobState, action: String)
    /// Another job has its unique key meanwhile.
    case uniqueTaken(job: Job.ID, by: Job.ID)
    /// The idempotency key was used before, for something else.
    case keyReused(key: String)

    /// Why a job is cancelled that waited for another one.
    package static func blockerReason(_ job: Job.ID, _ state: JobState) -> String {
        "job \(job), which it was to wait for, \(state == .failed ? "failed" : "was cancelled")"
    }

    public var description: String {
        switch self {
        case .runUnfinished(let pipeline, let run): "run \(run) of pipeline '\(pipeline)' is not finished yet"
        case .unknownRun(let run): "there is no run \(run)"
        case .unknownJob(let job): "there is no job \(job)"
        case .wrongState(let job, let state, let action):
            "job \(job) is \(state.rawValue), so there is nothing to \(action)"
        case .uniqueTaken(let job, let other):
            "job \(other) has the unique key of job \(job), and is not finished; nothing is to be done twice"
        case .keyReused(let key): "the idempotency key '\(key)' was used before for other jobs; use a new one"
        }
    }
}
