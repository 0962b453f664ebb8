import Kata
import KataAPI
import KataClient
import KataCommand

/// What became of jobs that were waited for.
struct WaitOutcome: Encodable {
    /// Those that are finished, in the order in which they were named.
    var jobs: [JobDocument] = []
    /// The ids of those that were not finished when the time was over.
    var unfinished: [Int64] = []

    private enum CodingKeys: String, CodingKey {
        case jobs, unfinished, exitCode
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(jobs, forKey: .jobs)
        if !unfinished.isEmpty { try container.encode(unfinished, forKey: .unfinished) }
        try container.encode(exitCode, forKey: .exitCode)
    }

    /// What a command ends with that waited for them: as a shell would, had it run the jobs itself.
    var exitCode: Int32 {
        if !unfinished.isEmpty { return Self.timedOut }
        if let failed = jobs.first(where: { $0.state == "failed" }) {
            // A program that fails with 0 would be one that is done.
            return failed.exitCode.flatMap { $0 == 0 ? nil : $0 } ?? SystemExit.internal.rawValue
        }
        return jobs.allSatisfy { $0.state == "done" } ? 0 : Self.cancelled
    }

    /// As `timeout` of coreutils ends.
    private static let timedOut: Int32 = 124
    private static let cancelled: Int32 = 75

    /// A line for each finished job.
    var lines: [String] {
        jobs.map { job in
            let error = job.error.map { ": \($0)" } ?? ""
            return "job \(job.id): \(job.state)\(job.state == "done" ? "" : error)".printable
        }
    }

    /// Waits for jobs, one after the other.
    ///
    /// - Parameters:
    ///   - before: called with each one before it is waited for.
    ///   - ended: called with each one that is finished.
    /// - Throws: ``ControlClientError``; what `before` and `ended` threw.
    static func of(
        _ jobs: some Sequence<Int64>, _ wait: JobWait, before: (Int64) async throws -> Void = { _ in },
        ended: (JobDocument) throws -> Void
    ) async throws -> WaitOutcome {
        var wait = wait
        var outcome = WaitOutcome()
        for job in jobs {
            do {
                try await before(job)
                let document = try await wait.end(of: job)
                outcome.jobs.append(document)
                try ended(document)
            } catch is JobWait.TimedOut {
                outcome.unfinished.append(job)
            }
        }
        return outcome
    }
}
