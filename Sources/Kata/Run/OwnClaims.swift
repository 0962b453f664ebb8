/// What a session does with the claims that its node has, in a store that others use, too.
struct OwnClaims: Sendable {
    /// Gives up claims of jobs that will not be done. Returns at once.
    let release: @Sendable ([Job.ID]) -> Void
    /// Claims a job, if this node does not have it: the job as it is now; `nil` if it is not to be done, or another node has it.
    let renew: @Sendable (Job) async throws -> Job?
    /// Whether this node can count on what it has claimed.
    let areValid: @Sendable () -> Bool
}
