import Kata

/// Jobs that are added.
extension PostgresTransaction {
    func add(items: [String], to run: Run.ID, progress: SourceProgress, at time: Timestamp) throws {
        try checkIsKnown(run)
        let (cursor, isExhausted): (String?, Bool) =
            switch progress {
            case .start: (nil, false)
            case .at(let cursor): (cursor, false)
            case .exhausted: (nil, true)
            }
        takeOrder()
        touched.insert(run)
        write(
            "UPDATE run SET source_cursor = $2, source_exhausted = $3, version = version + 1 WHERE id = $1",
            [.integer(run), .text(cursor), .boolean(isExhausted)])
        if items.isEmpty { return }
        let ids = try drawJobIDs(items.count)
        write(
            """
            INSERT INTO job (run_id, created_at, id, item) SELECT $1, $2, * FROM unnest($3::bigint[], $4::text[])
            """, [.integer(run), .time(time), .integers(ids), .texts(items)])
        countAdded(items.count, as: .pending, run: run)
    }

    func submit(_ jobs: [NewJob], to run: Run.ID, uniqueFor: Duration, at time: Timestamp) throws -> [SubmittedJob] {
        try checkIsKnown(run)
        var ids = try drawJobIDs(jobs.count)[...]
        var rows = JobRows(run: run, time: time)
        var submitted: [SubmittedJob] = []
        submitted.reserveCapacity(jobs.count)
        for job in jobs {
            // What comes next may ask for those before.
            if !job.standsAlone { write(&rows) }
            guard let place = try place(job, run: run, uniqueFor: uniqueFor, at: time, refusals: &submitted),
                let id = ids.popFirst()
            else { continue }
            rows.add(job, id: id, place)
            submitted.append(SubmittedJob(id: id, state: place.state))
            if !job.standsAlone {
                write(&rows)
                try addRest(of: job, id: id, place, run: run)
            }
        }
        write(&rows)
        // For the next ones, unless they were drawn for these alone.
        known.giveBack(ids)
        for (state, jobs) in Dictionary(grouping: submitted, by: \.state) {
            if let state { countAdded(jobs.count, as: state, run: run) }
        }
        return submitted
    }

    /// - Parameter refusals: what was submitted so far; a job that is not added is put there with the one because of which.
    /// - Returns: `nil` if the job is not to be added.
    private func place(
        _ job: NewJob, run: Run.ID, uniqueFor: Duration, at time: Timestamp, refusals: inout [SubmittedJob]
    ) throws -> JobPlace? {
        // Two that look at the same time would both find nothing.
        if job.uniqueKey != nil || job.schedule != nil { takeOrder() }
        if let key = job.uniqueKey,
            let other = try findUnique(key, run: run, at: time, uniqueFor: uniqueFor)
                ?? findOpen(sameThingAs: job, run: run)
        {
            refusals.append(SubmittedJob(id: other, state: nil))
            return nil
        }
        let isPutOff = job.runAt.map { $0 > time } ?? false
        var place = JobPlace(state: isPutOff ? .scheduled : .pending, isPutOff: isPutOff, condition: job.when)
        switch try job.schedule.map({ try verdict(on: $0, run: run) }) ?? .nothing {
        case .left(let other):
            refusals.append(SubmittedJob(id: other, state: nil))
            return nil
        case .behind(let other):
            place.condition = .finished
            place.blocking = JobPlace.Blocking(jobs: [other])
        case .nothing:
            if !job.after.ranges.isEmpty { place.blocking = try blocking(by: job.after, when: job.when) }
        }
        if place.blocking.end != nil {
            place.state = .cancelled
        } else if !place.blocking.jobs.isEmpty {
            place.state = .waiting
        }
        if job.failure != nil { place.state = .failed }
        return place
    }

    /// Writes what does not stand in the job's row.
    private func addRest(of job: NewJob, id: Job.ID, _ place: JobPlace, run: Run.ID) throws {
        if place.state == .cancelled, let blocker = place.blocking.end?.job { try keepCancelled(id, with: blocker) }
        if place.state == .waiting { try insertDependencies(of: id, on: place.blocking.jobs, when: place.condition) }
        if let entry = job.schedule?.entry { try keep(id, of: entry, run: run) }
        if !job.tags.isEmpty { try insertTags(job.tags, of: id) }
        if let trace = job.traceParent { try insertTrace(trace, of: id) }
        if let original = job.copyOf { try insertCopy(id, of: original, run: run) }
    }

    private func write(_ rows: inout JobRows) {
        write(rows)
        rows.removeAll()
    }
}

extension NewJob {
    /// Whether nothing is to be asked before it is added, and nothing besides its row to be written.
    fileprivate var standsAlone: Bool {
        uniqueKey == nil && after.ranges.isEmpty && schedule == nil && tags.isEmpty && traceParent == nil
            && copyOf == nil
    }
}
