import KataCommand
import KataControl
import KataControlClient

/// Changes jobs one after the other.
enum JobChanges {
    /// Tells what became of each job. One that is refused does not keep the others from being changed.
    ///
    /// - Throws: the last refusal; what went wrong with the daemon, at once.
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
