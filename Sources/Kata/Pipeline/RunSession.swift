/// A run as this daemon works on it, or last worked on it.
final class RunSession: Sendable {
    let progress: RunProgress
    /// `nil` if it is not worked on any more.
    let gauge: BoundedQueue<Job>.Gauge?
    let staff: Staff
    /// For the feed.
    let news = FeedNews()
    /// For the source's reader: the feed could do with more.
    let sourceDemand = Doorbell()
    let cancelledJobs = CancelledJobs()
    /// A job was given out while there was none.
    let workBegan = Doorbell()
    let startMarks: StartMarks
    /// `nil` unless the last session broke off.
    let isolation: Isolation?
    /// `nil` if there is no limit.
    let rateLimiter: RateLimiter?
    private let hasKeyLimits: Bool

    /// - Parameter brokeOff: whether the last session did.
    init(
        run: Run, configuration: PipelineConfiguration, gauge: BoundedQueue<Job>.Gauge? = nil, brokeOff: Bool = false
    ) {
        progress = RunProgress(run: run, isUnderWay: gauge != nil)
        self.gauge = gauge
        staff = Staff(count: configuration.workerCount)
        isolation = brokeOff ? Isolation() : nil
        rateLimiter = RateLimiter(configuration.limits)
        hasKeyLimits = configuration.limits.hasKeyLimits
        startMarks = StartMarks(carefulStarts: brokeOff ? 4 * configuration.workerCount : 0)
    }

    var run: Run { progress.run }
    var activities: [ConsumerActivity] { staff.activities }

    /// Takes in what was read from the source.
    func read(_ count: Int, _ sourceProgress: SourceProgress) {
        progress.read(count, sourceProgress)
        news.post { contents in
            if count > 0 { contents.priorities.insert(0) }
            if sourceProgress == .exhausted { contents.isSourceExhausted = true }
        }
    }

    /// Takes in jobs that were submitted.
    func submitted(_ jobs: [NewJob], _ submitted: [SubmittedJob]) {
        var pending: [(job: NewJob, id: Job.ID)] = []
        var due: Timestamp?
        var counts = JobCounts()
        for (job, submission) in zip(jobs, submitted) {
            guard let state = submission.state else { continue }
            counts[state] += 1
            switch state {
            case .pending: pending.append((job, submission.id))
            case .scheduled: due = [due, job.runAt].compactMap { $0 }.min()
            case .waiting, .done, .failed, .cancelled: break
            }
        }
        progress.added(counts)
        // Of so many most would not be kept.
        let isMany = pending.count > FeedNews.Contents.arrivalLimit
        let arrivals = isMany ? [] : pending.map { Job($0.job, id: $0.id, run: run.id) }
        let priorities = isMany ? Set(pending.map(\.job.priority)) : []
        news.post { contents in
            contents.priorities.formUnion(priorities)
            for job in arrivals { contents.arrived(job) }
            if let due { contents.due = min(contents.due ?? due, due) }
        }
    }

    /// Takes in a change that somebody asked for.
    func changed(_ change: JobChange) {
        let isLast = progress.changed(change)
        switch change.new {
        case .cancelled:
            if change.old == .pending {
                // First, so that the feed finds it there.
                cancelledJobs.add(change.job, attempt: change.attempt)
                for activity in staff.activities { activity.cut(change.job, attempt: change.attempt, .cancelled) }
            }
            news.post { contents in
                if change.old == .pending { contents.cancelled[change.priority, default: []].insert(change.job) }
            }
        case .scheduled: news.scheduled(for: change.runAt ?? .now())
        case .pending, .waiting, .done, .failed: break
        }
        if isLast { news.ring() }
    }

    func produced(_ job: Job) {
        if progress.produced(job) { workBegan.ring() }
    }

    /// Takes in what became of an attempt.
    func completed(_ completion: Completion) {
        let isLast = progress.completed(completion)
        switch completion.outcome {
        case .retry(_, let time), .aborted(_, let time): news.scheduled(for: time)
        case .done, .failed, .interrupted: break
        }
        tellEnd(of: completion.job, isLast: isLast)
    }

    /// Takes back what became of an attempt: the job was cancelled before it was recorded.
    func refused(_ completion: Completion) {
        _ = cancelledJobs.take(completion.job)
        if progress.refused(completion) { news.ring() }
    }

    /// A job that was given out was cancelled, so there is no outcome.
    func skipped(_ job: Job) {
        tellEnd(of: job, isLast: progress.skipped())
    }

    private func tellEnd(of job: Job, isLast: Bool) {
        if hasKeyLimits, let key = job.key {
            news.post { $0.endedKeys.append(key) }
        } else if isLast {
            news.ring()
        }
    }
}
