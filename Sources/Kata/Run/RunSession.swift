import Metrics

/// A run as this daemon works on it, or last worked on it: what its producer and its consumers share.
final class RunSession: CompletionObserver {
    let progress: RunProgress
    /// `nil` if the run is not worked on.
    let gauge: BoundedQueue<Job>.Gauge?
    /// What others did, for the feed.
    let news = FeedNews()
    /// Set when the feed could do with more; the source's reader waits for it.
    let sourceDemand = AutoResetEvent()
    /// Opens when this node is taken for gone, or is about to be: others may do what it has in hand.
    let isLost = Latch()
    /// Opens when the run is finished.
    let isOver = Latch()
    /// Opens when nothing more is to be taken from the source.
    let sourceIsAbandoned = Latch()
    let cancelledJobs = CancelledJobs()
    let cancelledInHand = CancelledInHand()
    let editedJobs = EditedJobs()
    let checkpoints: Checkpoints
    /// What attempts have cost; the same in all sessions.
    let costs: CostStatistics
    /// What is counted and timed; the same in all sessions, too.
    let metrics: PipelineMetrics
    /// Who looks on is told of what happens to jobs.
    let events: LiveEvents
    private let pipeline: String
    /// Set when a job was put on the queue while none was in flight.
    let workBegan = AutoResetEvent()
    /// `nil` unless the last session broke off, so that a suspect job has to be done alone.
    let isolation: Isolation?
    /// `nil` if the pipeline has no rate.
    let rateLimiter: RateLimiter?
    /// What keeps the pipeline from work; the same in all sessions, as the next.
    let troubles: Troubles
    /// Open while the handler can do no job.
    let breaker: CircuitBreaker
    /// Whether the feed has to know which jobs are in hand.
    private let tellsEnds: Bool
    /// Whether other nodes work on the run, too.
    let isShared: Bool
    /// `nil` where none are written.
    let claims: OwnClaims?
    private let wallClock: any WallClock

    /// - Parameters:
    ///   - brokeOff: whether the last session on this run ended with the daemon and not by itself.
    ///   - starts: when jobs of the pipeline began last.
    ///   - checkpoints: the jobs of the run that have left one.
    ///   - claims: what is done with the node's claims; `nil` where none are written.
    ///   - turns: the turns that all nodes share; `nil` where no other node takes any.
    init(
        run: Run, configuration: PipelineConfiguration, runtime: Runtime, troubles: Troubles,
        breaker: CircuitBreaker, gauge: BoundedQueue<Job>.Gauge? = nil, brokeOff: Bool = false,
        starts: LastStarts = LastStarts(), checkpoints stored: Set<Job.ID> = [],
        costs: CostStatistics = CostStatistics(), metrics: PipelineMetrics? = nil,
        events: LiveEvents = LiveEvents(), claims: OwnClaims? = nil, turns: SharedTurns? = nil
    ) {
        self.claims = claims
        isShared = claims != nil
        self.events = events
        pipeline = configuration.name
        self.metrics = metrics ?? PipelineMetrics(pipeline: configuration.name, factory: NOOPMetricsHandler.instance)
        self.costs = costs
        checkpoints = Checkpoints(stored: stored)
        self.troubles = troubles
        self.breaker = breaker
        progress = RunProgress(
            run: run, isUnderWay: gauge != nil, isShared: claims != nil, runtime: runtime)
        wallClock = runtime.wallClock
        self.gauge = gauge
        // A job that has ended another node may come to this one.
        isolation = brokeOff || claims != nil ? Isolation() : nil
        rateLimiter = RateLimiter(configuration.limits, starts: starts, runtime: runtime, news: news, shared: turns)
        tellsEnds = configuration.limits.limitAnything || claims != nil
    }

    var run: Run { progress.run }

    /// Takes in what was read from the source.
    func read(_ count: Int, _ sourceProgress: SourceProgress) {
        progress.read(count, sourceProgress)
        metrics.added(count, at: wallClock.now())
        news.post { contents in
            if count > 0 && isShared {
                contents.mayHaveUnclaimed = true
            } else if count > 0 {
                contents.read(0, from: .max)
            }
            if sourceProgress == .exhausted { contents.isSourceExhausted = true }
        }
    }

    /// Has the source's reader take nothing more. That the source is exhausted is told by ``read(_:_:)``.
    func abandonSource() {
        sourceIsAbandoned.open()
    }

    /// Takes in jobs that were submitted, with what became of each.
    func added(_ jobs: [NewJob], _ submitted: [SubmittedJob]) {
        var pending: [(job: NewJob, id: Job.ID)] = []
        var due: Timestamp?
        for (job, submission) in zip(jobs, submitted) {
            guard let state = submission.state else { continue }
            switch state {
            case .pending: pending.append((job, submission.id))
            case .scheduled: due = [due, job.runAt].compactMap { $0 }.min()
            case .waiting, .done, .failed, .cancelled: break
            }
        }
        progress.added(JobCounts(submitted))
        // Of so many, most would have to be read from the store all the same, and others are to be claimed.
        let isMany = isShared || pending.count > FeedNews.Contents.arrivalLimit
        let now = wallClock.now()
        let arrivals = isMany ? [] : pending.map { $0.job.job(id: $0.id, run: run.id, readyAt: now) }
        let priorities = isMany ? pending : []
        news.post { contents in
            for (job, id) in priorities { contents.read(job.priority, from: isShared ? id : .max) }
            for job in arrivals { contents.arrived(job) }
            if let due { contents.due = min(contents.due ?? due, due) }
        }
    }

    /// Takes in a change that somebody asked for.
    func changed(_ change: JobChange) {
        let isLast = progress.changed(change)
        switch change.new {
        case .cancelled:
            // Before the news: of the cancelled jobs the feed takes those out again that it will not give out.
            if change.old == .pending { cancelledJobs.add(change.job, attempt: change.attempt) }
            news.post { contents in
                if change.old == .pending {
                    contents.cancelled[change.priority, default: JobAttempts()]
                        .insert(change.job, attempt: change.attempt)
                }
            }
        case .scheduled where change.old == .pending:
            // Edited. The copy that the feed may have goes, and comes back as the job is now.
            editedJobs.edited(change.job)
            news.post { contents in
                contents.edited[change.priority, default: []].insert(change.job)
                let due = change.runAt ?? wallClock.now()
                contents.due = min(contents.due ?? due, due)
            }
        case .scheduled: news.scheduled(for: change.runAt ?? wallClock.now())
        case .pending, .waiting, .done, .failed: break
        }
        if isLast { news.wake() }
    }

    func produced(_ job: Job) {
        if progress.produced(job) { workBegan.set() }
    }

    /// Takes in what became of an attempt, which is recorded with one of the next commits.
    func completed(_ completion: Completion) {
        let isLast = progress.completed(completion)
        handled(completion.job.id)
        switch completion.outcome {
        case .retry(_, let time), .interrupted(_, let time), .postponed(_, let time): news.scheduled(for: time)
        case .done, .failed, .cutOff: break
        }
        tellEnd(of: completion.job, isLast: isLast)
    }

    /// Takes in that no consumer has a job in hand any more.
    func handled(_ job: Job.ID) {
        if editedJobs.ended(job) { news.post { $0.possiblyLeft.insert(job) } }
    }

    /// Takes back what became of an attempt: the job was cancelled before the outcome was recorded.
    func refused(_ completion: Completion) {
        metrics.attemptCancelled()
        _ = cancelledJobs.take(completion.job)
        cancelledInHand.remove(completion.job.id)
        if progress.refused(completion) { news.wake() }
    }

    func recorded(_ completion: Completion, waited: Duration?) {
        metrics.recorded(completion)
        // Another job with the key may be claimed now.
        if isShared, let key = completion.job.key { news.post { _ = $0.freedKeys.insert(key) } }
        if events.areRead { events.recorded(completion, pipeline: pipeline) }
        guard let cost = completion.cost, let waited else { return }
        costs.add(cost, waited: waited, worked: completion.startedAt.duration(to: completion.finishedAt))
    }

    /// Takes in that a job that was put on the queue has no outcome, because it was cancelled.
    func skipped(_ job: Job) {
        giveUp([job.id])
        left(job)
    }

    /// Takes in that a copy of a job that was put on the queue is left, as there is another one.
    func left(_ job: Job) {
        cancelledInHand.remove(job.id)
        tellEnd(of: job, isLast: progress.skipped())
    }

    /// Gives up claims of jobs that were cancelled before they were begun.
    func giveUp(_ jobs: [Job.ID]) {
        if !jobs.isEmpty { claims?.release(jobs) }
    }

    /// Takes in how far the run is, with what all nodes have done.
    func count(_ tally: RunTally) {
        progress.count(tally)
        if tally.isFinished { return end() }
        if tally.isSourceExhausted { news.post { $0.isSourceExhausted = true } } else { news.wake() }
    }

    /// Takes in that the run is finished: another node has done the last of it.
    func end() {
        isOver.open()
        news.wake()
    }

    private func tellEnd(of job: Job, isLast: Bool) {
        if tellsEnds {
            news.post { $0.ended.append(Claim(job)) }
        } else if isLast {
            news.wake()
        }
    }
}
