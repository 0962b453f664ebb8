/// Adds jobs to a pipeline's run, in one transaction; the same jobs under the same key once.
struct IdempotentSubmission: Sendable {
    enum Outcome: Sendable {
        /// - Parameter changes: of jobs among them that another one of them has changed.
        case added(run: Run.ID, [SubmittedJob], changes: [JobChange])
        /// The same request came before; these are the jobs of its first answer.
        case repeated([SubmittedJob])
        /// Nothing was added: these are to be changed first, because jobs with their unique keys are among the others.
        case hasDuplicates([DuplicateEdit])

        /// What became of the jobs; empty if nothing was added.
        var jobs: [SubmittedJob] {
            switch self {
            case .added(_, let jobs, _), .repeated(let jobs): jobs
            case .hasDuplicates: []
            }
        }
    }

    /// What is to be different about a job because another one with its unique key was submitted.
    struct DuplicateEdit: Sendable {
        let job: Job.ID
        let edit: JobEdit
    }

    private struct Duplicates: Error {
        let edits: [DuplicateEdit]
    }

    let jobs: [NewJob]
    let key: IdempotencyKey?
    let time: Timestamp
    let configuration: PipelineConfiguration

    /// - Parameter changed: jobs that were changed for this submission, or can't be.
    func run(_ transaction: any StoreTransaction, changed: Set<Job.ID> = []) throws -> Outcome {
        do {
            return try transaction.attempt { try add(transaction, changed) }
        } catch let duplicates as Duplicates {
            return .hasDuplicates(duplicates.edits)
        }
    }

    private func add(_ transaction: any StoreTransaction, _ changed: Set<Job.ID>) throws -> Outcome {
        let pipeline = configuration.name
        if let key, let earlier = try Self.earlierAnswer(to: key, pipeline, transaction) { return .repeated(earlier) }
        let run =
            try transaction.unfinishedRun(pipeline: pipeline)
            ?? transaction.startRun(pipeline: pipeline, items: nil, at: time).id
        let submitted = try transaction.submit(jobs, to: run, uniqueFor: configuration.uniqueFor, at: time)
        let changes = try changeDuplicates(submitted, transaction, changed)
        if let key {
            try transaction.saveSubmission(
                Submission(fingerprint: key.fingerprint, jobs: submitted), key: key.text, pipeline: pipeline, at: time,
                forgettingBefore: time.advanced(by: .zero - IdempotencyKey.lifetime)
            )
        }
        return .added(run: run, submitted, changes: changes)
    }

    /// Changes jobs of this submission because of others of it.
    ///
    /// - Throws: ``Duplicates`` if jobs from before are to be changed: a consumer may have one of them in hand, so that it has to be
    ///   watched first. The key of the submission is kept only once all of that is done.
    private func changeDuplicates(
        _ submitted: [SubmittedJob], _ transaction: any StoreTransaction, _ changed: Set<Job.ID>
    ) throws -> [JobChange] {
        if configuration.onDuplicate == .keep || !submitted.contains(where: \.isDuplicate) { return [] }
        let added = Set(submitted.lazy.filter { !$0.isDuplicate }.map(\.id))
        var edits: [DuplicateEdit] = []
        var changes: [JobChange] = []
        // A schedule's job without a key may have been left out because the one before is not finished.
        for (job, submission) in zip(jobs, submitted) where submission.isDuplicate && job.uniqueKey != nil {
            guard let edit = configuration.onDuplicate.edit(for: job) else { continue }
            if added.contains(submission.id) {
                changes.append(try transaction.edit(submission.id, edit, at: time))
            } else if !changed.contains(submission.id) {
                edits.append(DuplicateEdit(job: submission.id, edit: edit))
            }
        }
        if !edits.isEmpty { throw Duplicates(edits: edits) }
        return changes
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
