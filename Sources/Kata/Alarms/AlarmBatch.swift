/// The ends of jobs in one transaction that other pipelines are to be told of. Their jobs are added in that transaction, so
/// that none is lost, and none is there twice.
struct AlarmBatch {
    private enum Event {
        case failed(reason: String)
        case done
    }

    private struct Note {
        let job: Job
        let event: Event
        let time: Timestamp
        let rules: AlarmRules
    }

    private var notes: [Note] = []

    /// Whether nobody is to be told of anything, as mostly.
    var isEmpty: Bool { notes.isEmpty }

    /// Takes in what became of an attempt, once the store has taken it.
    mutating func note(_ completion: Completion, _ rules: AlarmRules) {
        switch completion.outcome {
        case .failed(let reason): failed(completion.job, reason: reason, at: completion.finishedAt, rules)
        case .done:
            if !rules.wantSuccesses { return }
            notes.append(Note(job: completion.job, event: .done, time: completion.finishedAt, rules: rules))
        case .retry, .cutOff, .interrupted, .postponed: break
        }
    }

    /// Takes in that a job has failed for good.
    mutating func failed(_ job: Job, reason: String, at time: Timestamp, _ rules: AlarmRules) {
        notes.append(Note(job: job, event: .failed(reason: reason), time: time, rules: rules))
    }

    /// Tells those outside who are to hear of successes, once these are committed.
    func ping() {
        for note in notes {
            if case .done = note.event { note.rules.ping?.succeeded() }
        }
    }

    /// Adds the jobs that tell of what was taken in.
    ///
    /// - Returns: what was added, for ``JobObservers/tell(_:)`` once it is committed.
    /// - Throws: what the store threw.
    func write(to transaction: any StoreTransaction, at now: Timestamp) throws -> [AddedJobs] {
        var writer = AlarmWriter(transaction: transaction, now: now)
        for note in notes {
            switch note.event {
            case .failed(let reason): try writer.failed(note.job, reason: reason, at: note.time, note.rules)
            case .done: try writer.done(note.job, at: note.time, note.rules)
            }
        }
        return try writer.finish()
    }
}
