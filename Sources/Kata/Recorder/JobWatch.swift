/// A job that is watched, so that it is not edited while a consumer begins it.
struct JobWatch: Sendable {
    let job: Job.ID
    let run: Run.ID
    /// The session in whose hands there may be copies of the job; `nil` if there is none.
    let session: ObjectIdentifier?
    /// How many times the job had been begun under a watch.
    let begins: Int
}
