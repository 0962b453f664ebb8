import KataAPI
import KataClient
import KataCommand

/// Changes jobs one after the other.
enum JobChanges {
    /// Changes each job, and prints what became of it. A job that is refused does not keep the other jobs from being
    /// changed.
    ///
    /// - Throws: ``ControlClientError/refused(_:)`` with the last refusal, at the end; any other error at once.
    static func each(_ ids: [Int64], json: Bool, _ change: (Int64) async throws -> JobDocument) async throws {
        var refusal: ProblemDocument?
        for id in ids {
            do {
                let job = try await change(id)
                if json {
                    try StandardOutput.printJSON(job)
                } else {
                    try StandardOutput.printLine("job \(id): \(job.state)")
                }
            } catch ControlClientError.refused(let problem) {
                if let refusal { printError("kata-ctl: \(refusal.detail)") }
                refusal = problem
            }
        }
        if let refusal { throw ControlClientError.refused(refusal) }
    }
}
