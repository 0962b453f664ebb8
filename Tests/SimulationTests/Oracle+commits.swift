import Kata
import Synchronization

@testable import KataTesting

/// What has to hold of the rows, with each commit.
extension Oracle {
    func committed(_ tables: MemoryTables) {
        state.withLock { state in
            let old = state.tables
            state.tables = tables
            state.commits += 1
            var counts: [Run.ID: JobCounts] = [:]
            var unique: Set<String> = []
            state.require(tables.jobs.count >= old.jobs.count, "a committed job is gone")
            for (index, record) in tables.jobs.enumerated() {
                counts[record.job.runID, default: JobCounts()][record.state] += 1
                if !record.state.isFinal, let key = record.uniqueKey {
                    state.require(
                        unique.insert("\(record.pipeline) \(key)").inserted,
                        "two unfinished jobs have the unique key \(key)")
                }
                let before = index < old.jobs.count ? old.jobs[index] : nil
                if before?.state == record.state && before?.job.attempt == record.job.attempt { continue }
                state.changed(record, from: before)
                state.story?.append(
                    "    commit \(state.commits): job \(record.job.id), attempt \(record.job.attempt), \(record.pipeline): \(before?.state.rawValue ?? "new") → \(record.state.rawValue)\(record.error.map { " (\($0))" } ?? "")"
                )
            }
            for run in tables.runs.values {
                let rows = counts[run.id] ?? JobCounts()
                state.require(run.counts == rows, "run \(run.id) counts \(run.counts), and its rows are \(rows)")
                state.require(
                    run.finishedAt == nil || rows.unfinished == 0, "run \(run.id) is finished with jobs to do")
            }
            let done = counts.values.reduce(0) { $0 + $1.done }
            state.require(tables.results.count == done, "\(tables.results.count) results of \(done) jobs that are done")
            state.require(
                Set(tables.results.map(\.jobID)).count == tables.results.count, "a job has two results")
        }
    }
}

extension Oracle.State {
    fileprivate mutating func changed(_ record: JobRecord, from old: JobRecord?) {
        let id = record.job.id
        switch record.state {
        case .pending: pendingSince[id] = commits
        case .done:
            finalSince[id] = commits
            require(
                succeeded.contains(Oracle.Claim(job: id, attempt: record.job.attempt)),
                "job \(id) is done, and no handler has done its attempt \(record.job.attempt)")
        case .failed, .cancelled: finalSince[id] = commits
        case .scheduled, .waiting: break
        }
        guard let old else { return }
        require(
            record.job.attempt == old.job.attempt || record.job.attempt == old.job.attempt + 1,
            "job \(id) went from attempt \(old.job.attempt) to \(record.job.attempt)")
        if old.state.isFinal {
            retriedSince[id] = commits
            require(
                old.state != .done && record.job.attempt == old.job.attempt + 1,
                "job \(id) was \(old.state), and is \(record.state) at attempt \(record.job.attempt)")
        }
        // Somebody has made it due.
        if old.state == .waiting || old.state == .scheduled, record.state == .scheduled { retriedSince[id] = commits }
    }
}
