import Synchronization

/// Why a job stands where it stands.
public struct Explanation: Hashable, Sendable {
    /// Where the job stands, or what holds it back. The raw value is what the HTTP interface says.
    public enum Code: String, Sendable {
        case finished, running, scheduled, waiting, paused, draining, limit, queued
        case noWorker = "no_worker"
        case noPipeline = "no_pipeline"
    }

    /// Where the job stands, for programs.
    public let code: Code
    /// In words, for people, without a full stop. Where it says `it`, the job is meant.
    public let reason: String

    /// Makes an explanation of a code for programs and a reason for people.
    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension Pipeline {
    /// Says why one of this pipeline's jobs is not running, or what else the job does.
    ///
    /// - Throws: what the store threw.
    public func explain(_ record: JobRecord) async throws -> Explanation {
        let status = status()
        if let consumer = status.consumers.first(where: { $0.jobID == record.job.id }) {
            return Explanation(.running, "it is in the hands of \(consumer.id)")
        }
        switch record.state {
        case .done, .failed, .cancelled:
            return Explanation(.finished, "it is \(record.state.rawValue)" + (record.error.map { ": \($0)" } ?? ""))
        case .scheduled:
            let time = record.runAt.map { " until \($0.iso8601)" } ?? ""
            let why = record.error.map { "; it failed before: \($0)" } ?? ""
            return Explanation(.scheduled, "it waits\(time)\(why)")
        case .waiting:
            let blockers = try await store.blockers(job: record.job.id)
            let names = blockers.prefix(10).map(String.init).joined(separator: ", ")
            let more = blockers.count > 10 ? " and \(blockers.count - 10) more" : ""
            return Explanation(.waiting, "it waits for \(blockers.count == 1 ? "job" : "jobs") \(names)\(more)")
        case .pending:
            return try await explainPending(record.job, status)
        }
    }

    private func explainPending(_ job: Job, _ status: PipelineStatus) async throws -> Explanation {
        if takesNoMore.isOpen {
            return Explanation(.draining, "the pipeline is draining; it goes on after the next start")
        }
        if gate.isShut { return Explanation(.paused, "the pipeline is paused; 'kata-ctl resume \(name)' ends that") }
        let limit = 10_000
        let before = try await store.jobsBefore(job.id, priority: job.priority, run: job.runID, limit: limit)
        let ahead = before == limit ? "more than \(limit) jobs are" : "\(before) \(before == 1 ? "job is" : "jobs are")"
        if let reason = self.limit(on: job) { return Explanation(.limit, "\(reason); \(ahead) ahead of it or in hand") }
        if status.counts.running >= status.workerCount {
            let workers = status.workerCount == 1 ? "the worker is" : "all \(status.workerCount) workers are"
            return Explanation(.noWorker, "\(workers) busy; \(ahead) ahead of it or in hand")
        }
        return Explanation(.queued, "it is about to begin; \(ahead) ahead of it or in hand")
    }

    /// The limit that holds back a job now, in words; `nil` if no limit does.
    private func limit(on job: Job) -> String? {
        let current = state.withLock { $0.current }
        if let key = job.key, let most = configuration.limits.concurrencyPerKey {
            let count = current?.pool.consumers.count { $0.key == key } ?? 0
            if count >= most { return "\(count) of the at most \(most) jobs with the key '\(key)' are in hand" }
        }
        switch current?.session.rateLimiter?.holdsBack(job.key) {
        case .all: return "the pipeline's rate is limited"
        case .key: return "the rate of jobs with the key '\(job.key ?? "")' is limited"
        case nil: return nil
        }
    }
}
