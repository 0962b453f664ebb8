/// Adds jobs to a pipeline's run, in one transaction; the same jobs under the same key once.
struct IdempotentSubmission: Sendable {
    enum Outcome: Sendable {
        case added(run: Run.ID, [SubmittedJob])
        /// The same request came before; these are the jobs of its first answer.
        case repeated([SubmittedJob])

        var jobs: [SubmittedJob] {
            switch self {
            case .added(_, let jobs), .repeated(let jobs): jobs
            }
        }
    }

    let jobs: [NewJob]
    let key: IdempotencyKey?
    let time: Timestamp
    let configuration: PipelineConfiguration

    func run(_ transaction: any StoreTransaction) throws -> Outcome {
        let pipeline = configuration.name
        if let key, let earlier = try Self.earlierAnswer(to: key, pipeline, transaction) { return .repeated(earlier) }
        let run =
            try transaction.unfinishedRun(pipeline: pipeline)
            ?? transaction.startRun(pipeline: pipeline, items: nil, at: time).id
        let submitted = try transaction.submit(jobs, to: run, uniqueFor: configuration.uniqueFor, at: time)
        if let key {
            try transaction.saveSubmission(
                Submission(fingerprint: key.fingerprint, jobs: submitted), key: key.text, pipeline: pipeline, at: time,
                forgettingBefore: time.advanced(by: .zero - IdempotencyKey.lifetime)
            )
        }
        return .added(run: run, submitted)
    }

    /// The answer that was given for the jobs submitted under that key; `nil` if there are none.
    ///
    /// - Throws: ``StoreError/keyReused(key:)``.
    static func earlierAnswer(
        to key: IdempotencyKey, _ pipeline: String, _ transaction: any StoreTransaction
    ) throws -> [SubmittedJob]? {
        guard let earlier = try transaction.submission(key: key.text, pipeline: pipeline) else { return nil }
        if earlier.fingerprint != key.fingerprint { throw StoreError.keyReused(key: key.text) }
        return earlier.jobs
    }
}
