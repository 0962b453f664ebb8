/// The order of the jobs that may begin.
extension JobFeed {
    /// The next of the jobs that may begin; `nil` if there is none now.
    mutating func takeNext(now: MonotonicInstant) async throws -> Job? {
        let takesOldest = given % Self.ageingInterval == Self.ageingInterval - 1 && lanes.count > 1
        return takesOldest ? try await takeOldest(now: now) : try await takeFirst(now: now)
    }

    /// Whether there are jobs that wait, whether they may begin or not.
    mutating func hasJobs(now: MonotonicInstant) async throws -> Bool {
        for index in lanes.indices {
            while lanes[index].isEmpty && limiter?.keys?.isEmpty ?? true {
                if lanes[index].isDry || !wantsMore { break }
                try await refill(index, now: now)
            }
        }
        return !(limiter?.keys?.isEmpty ?? true) || lanes.contains { !$0.isEmpty }
    }

    /// Takes a job that is the next of its lane.
    mutating func take(from index: Int) -> Job? {
        given += 1
        return lanes[index].next()
    }

    /// The first job of the highest priority that there is.
    private mutating func takeFirst(now: MonotonicInstant) async throws -> Job? {
        for index in lanes.indices {
            while true {
                let next = limiter?.keys?.first(now: now)
                if let next, next.priority == lanes[index].priority, lanes[index].head.map({ next.id < $0 }) ?? true {
                    if let job = try await take(next, now: now) { return job }
                } else if !lanes[index].isEmpty {
                    return take(from: index)
                } else if lanes[index].isDry || !wantsMore {
                    break
                } else {
                    try await refill(index, now: now)
                }
            }
        }
        return nil
    }

    /// The oldest job, whatever its priority.
    private mutating func takeOldest(now: MonotonicInstant) async throws -> Job? {
        while true {
            var oldest: Int?
            for index in lanes.indices {
                guard let head = lanes[index].head else { continue }
                if oldest.flatMap({ lanes[$0].head }).map({ head < $0 }) ?? true { oldest = index }
            }
            let head = oldest.flatMap { lanes[$0].head }
            let next = limiter?.keys?.oldest(now: now)
            let first = [head, next?.id].compactMap { $0 }.min() ?? .max
            let unread = lanes.firstIndex { $0.isEmpty && !$0.isDry && $0.lastRead < first }
            if let unread, wantsMore {
                try await refill(unread, now: now)
            } else if let next, next.id == first {
                if let job = try await take(next, now: now) { return job }
            } else {
                return oldest.flatMap { take(from: $0) }
            }
        }
    }

    /// Takes a job that the limiter holds. If the job is left in the store, it is read.
    ///
    /// - Returns: `nil` if another job may be the next one, now that more was read.
    private mutating func take(_ next: NextJob, now: MonotonicInstant) async throws -> Job? {
        if let job = limiter?.keys?.give(next, now: now) {
            given += 1
            return job
        }
        guard let rest = limiter?.keys?.rest(of: next) else { return nil }
        // A job whose end was told and is not recorded yet would seem to wait.
        if rest.mayHaveBeenGiven { try await recorder.flush() }
        let lane = lanes.first { $0.priority == next.priority }
        let jobs = try await claims.rest(
            priority: next.priority, keys: .only(next.key.text), after: rest.start - 1,
            through: lane?.lastRead ?? 0, limit: limiter?.keys?.bounds.jobsPerKey ?? 1)
        // Of a job that was edited, what was given out may be a copy from before.
        let waiting = jobs.filter { !(limiter?.isGiven($0) ?? false) || session.editedJobs.isWatched($0.id) }
        limiter?.keys?.addRest(waiting, through: jobs.last?.id, of: next, now: now)
        return nil
    }

    /// Reads more of a lane.
    private mutating func refill(_ index: Int, now: MonotonicInstant) async throws {
        let lane = lanes[index]
        let keys = limiter?.keys?.keysWithRest(priority: lane.priority) ?? []
        // Before the jobs: whatever comes meanwhile comes after it.
        let last = keys.isEmpty ? nil : try await store.lastPendingJob(run: run, priority: lane.priority)
        let jobs = try await claims.next(
            priority: lane.priority, keys: keys.isEmpty ? .all : .except(keys), after: lane.lastRead,
            inFlight: inFlight, given: given)
        if limiter?.keys == nil {
            lanes[index].add(jobs)
        } else {
            let isDry = jobs.isEmpty
            lanes[index].add(jobs.filter { !isHeldByKey($0) }, through: isDry ? last : jobs.last?.id, isDry: isDry)
            for job in jobs where isHeldByKey(job) { limiter?.keys?.take(job, isNew: true, now: now) }
        }
        // The source is read while these jobs are worked on.
        if jobs.count < claims.lastLimit && !isSourceExhausted { session.sourceDemand.set() }
    }
}
