/// What others did meanwhile, and jobs that come back.
extension JobFeed {
    /// Takes in what others did, and jobs that were made pending.
    mutating func takeNews(promoted: [Job] = []) {
        let news = session.news.take()
        if let news { take(news, promoted: promoted) }
        for job in promoted { takeBack(job) }
        // Some of these may have been cancelled by now, even in the same commit.
        for (priority, jobs) in news?.cancelled ?? [:] { drop(jobs, priority: priority) }
    }

    private mutating func take(_ news: FeedNews.Contents, promoted: [Job]) {
        var hasRoom = false
        let now = clock.now
        for (claim, turn) in news.begun { limiter?.begin(claim, at: turn, now: now) }
        for claim in news.ended { limiter?.end(claim, now: now) }
        for job in news.arrivals {
            let index = lane(of: job.priority)
            if !isHeldByKey(job) {
                lanes[index].arrived(job)
            } else if lanes[index].passed(job, hasRoom: !isFull) {
                limiter?.keys?.take(job, isNew: true, now: now)
            }
            if lanes[index].isDry { hasRoom = true }
        }
        // The source is read while these jobs are worked on, but not into the store without end.
        if hasRoom && !isSourceExhausted { session.sourceDemand.set() }
        for (priority, id) in news.priorities { openLane(priority, from: id) }
        if let due = news.due { nextDue = min(nextDue ?? due, due) }
        if news.isSourceExhausted { isSourceExhausted = true }
        if news.mayHaveUnclaimed { mayHaveUnclaimed = true }
        freedKeys.formUnion(news.freedKeys)
        possiblyLeft.formUnion(news.possiblyLeft)
        // An edited job that was made pending again is among those that are taken back next.
        for (priority, jobs) in news.edited { withdraw(jobs, priority: priority, promoted: promoted) }
    }

    /// Forgets cancelled attempts. Those that were given out are left to the consumers.
    private mutating func drop(_ cancelled: JobAttempts, priority: Int) {
        guard let index = lanes.firstIndex(where: { $0.priority == priority }) else { return }
        let removed = JobAttempts(remove(from: index) { cancelled.contains($0) }.map { ($0.id, $0.attempt) })
        let lastRead = lanes[index].lastRead
        let ungiven = cancelled.filter { job, attempt in
            if session.editedJobs.mayBeOut(job) { return false }
            if let limiter { return !limiter.isGiven(job, attempt: attempt) }
            return job > lastRead || removed.contains(job, attempt: attempt)
        }
        session.cancelledJobs.remove(ungiven)
        session.giveUp(ungiven.jobs)
    }

    /// Forgets jobs that were edited, which come back as they are now. Copies that were given out are left to the consumers.
    ///
    /// - Parameter promoted: jobs that are to be taken back, and may be from before the edit.
    private mutating func withdraw(_ edited: Set<Job.ID>, priority: Int, promoted: [Job]) {
        var ungiven: Set<Job.ID> = []
        if let index = lanes.firstIndex(where: { $0.priority == priority }) {
            let removed = Set(remove(from: index) { edited.contains($0.id) }.map(\.id))
            let lastRead = lanes[index].lastRead
            ungiven = edited.filter { job in
                limiter.map { !$0.isGiven(job) } ?? (job > lastRead || removed.contains(job))
            }
        }
        session.editedJobs.withdrew(
            edited, ungiven: ungiven, kept: Set(promoted.lazy.map(\.id)), produced: session.progress.putOnQueue)
    }

    /// Takes jobs out of a lane, and out of the limiter.
    ///
    /// - Returns: those that were in the lane.
    private mutating func remove(from index: Int, where isGone: (Job) -> Bool) -> [Job] {
        let now = clock.now
        limiter?.keys?.remove(where: isGone, now: now)
        return lanes[index].remove(where: isGone)
    }

    /// Takes jobs back of which all copies may have been left. One too many does no harm: each is held against the store.
    mutating func takeBackLeft() async throws {
        let jobs = possiblyLeft
        possiblyLeft = []
        // Behind the outcomes of the copies that were in hand.
        try await recorder.flush()
        for job in jobs {
            if let job = try await claims.again(job) { takeBack(job) }
        }
    }

    /// Takes in a job that became pending again.
    mutating func takeBack(_ job: Job) {
        let index = lane(of: job.priority)
        let now = clock.now
        // A job that has not been read yet is read when its turn comes.
        if isHeldByKey(job) && (claims.areShared || job.id <= lanes[index].lastRead) {
            limiter?.keys?.take(job, isNew: false, now: now)
        } else if claims.areShared {
            lanes[index].add(claimed: job)
        } else {
            lanes[index].takeBack(job)
        }
    }
}
