public import Kata

/// Submitting jobs, and what became of them.
extension TestPipeline {
    /// Submits a job, which is begun by ``runUntilIdle()``.
    ///
    /// - Returns: its id; that of the job that stands in its way, if its unique key is taken.
    /// - Throws: `PipelineError` of a pipeline with a source that takes no jobs; `JobFault`.
    @discardableResult
    public func submit(_ job: NewJob) async throws -> Job.ID {
        try await submit([job])[0]
    }

    /// Submits a job with that item.
    @discardableResult
    public func submit(_ item: String) async throws -> Job.ID {
        try await submit(NewJob(item: item))
    }

    /// Submits a job whose item is that value as JSON.
    @discardableResult
    public func submit(payload: some Encodable) async throws -> Job.ID {
        try await submit(NewJob(payload: payload))
    }

    /// Submits jobs, all of them or none.
    ///
    /// - Returns: their ids, in order.
    @discardableResult
    public func submit(_ jobs: [NewJob]) async throws -> [Job.ID] {
        try await ask { pipeline, _ in try await pipeline.submit(jobs) }.map(\.id)
    }

    /// A job with its state, its attempts, and what they have kept.
    ///
    /// - Throws: ``TestPipelineError`` if there is no such job.
    public func details(_ job: Job.ID) async throws -> JobDetails {
        guard let details = try await store.details([job])[0] else { throw TestPipelineError(unknown: job) }
        return details
    }

    /// Where a job stands.
    ///
    /// - Throws: ``TestPipelineError`` if there is no such job.
    public func state(of job: Job.ID) async throws -> JobState {
        try await details(job).record.state
    }

    /// How far a job is that a handler has in hand, as it said last; `nil` if it has said nothing, or nobody has the job.
    public func progress(of job: Job.ID) async throws -> JobProgress? {
        try await ask { pipeline, _ in pipeline.status().consumers.first { $0.jobID == job }?.progress }
    }

    /// What a job has printed in all of its attempts, on both streams. Of one that is in hand what it printed last may be missing.
    public func printed(by job: Job.ID) async throws -> String {
        var bytes: [UInt8] = []
        for output in try await store.outputs(job: job, after: 0, limit: .max) {
            var position = 0
            while true {
                let pieces = try await store.outputPieces(output.id, from: position)
                guard let last = pieces.last else { break }
                bytes += pieces.flatMap(\.bytes)
                position = last.end
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The items of the jobs that are done, in the order in which they were.
    public var doneItems: [String] {
        get async throws {
            try await store.results(ResultSelection(), after: 0, limit: .max).map(\.item)
        }
    }
}
