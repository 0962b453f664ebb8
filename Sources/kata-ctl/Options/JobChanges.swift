import KataAPI
import KataClient
import KataCommand

/// Changes jobs one after the other.
struct JobChanges: Encodable {
    /// A job that was not changed.
    private struct Refusal: Encodable {
        let job: Int64
        let detail: String
    }

    /// As they are now.
    private var jobs: [JobDocument] = []
    private var refused: [Refusal] = []

    /// Changes each job, and prints what became of it: as JSON, the job if there is one, or else a document of all. A
    /// job that is refused does not keep the other jobs from being changed.
    ///
    /// - Throws: ``ControlClientError/refused(_:)`` with the last refusal, at the end; any other error at once, after
    ///   what was changed until then was printed.
    static func each(_ ids: [Int64], json: Bool, _ change: (Int64) async throws -> JobDocument) async throws {
        var changes = JobChanges()
        do {
            if let refusal = try await changes.make(ids, isShown: !json, change) {
                throw ControlClientError.refused(refusal)
            }
        } catch {
            if json && ids.count > 1 { try StandardOutput.printJSON(changes) }
            throw error
        }
        guard json else { return }
        if ids.count == 1, let job = changes.jobs.first {
            try StandardOutput.printJSON(job)
        } else {
            try StandardOutput.printJSON(changes)
        }
    }

    /// - Returns: the last refusal; the others are printed.
    private mutating func make(
        _ ids: [Int64], isShown: Bool, _ change: (Int64) async throws -> JobDocument
    ) async throws -> ProblemDocument? {
        var refusal: ProblemDocument?
        for id in ids {
            do {
                let job = try await change(id)
                jobs.append(job)
                if isShown { try StandardOutput.printLine("job \(id): \(job.state)") }
            } catch ControlClientError.refused(let problem) {
                if let refusal { printError("kata-ctl: \(refusal.detail)") }
                refused.append(Refusal(job: id, detail: problem.detail))
                refusal = problem
            }
        }
        return refusal
    }
}
