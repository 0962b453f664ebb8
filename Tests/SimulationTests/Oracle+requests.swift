import Synchronization

@testable import Kata
@testable import KataTesting

/// What has to hold when a request is answered.
extension Oracle {
    func submitted(_ jobs: [NewJob], _ answers: [SubmittedJob]) {
        tell("submitted: \(answers.map { "\($0.id)\($0.isDuplicate ? " again" : "")" }.joined(separator: ", "))")
        state.withLock { state in
            state.require(jobs.count == answers.count, "\(answers.count) answers for \(jobs.count) jobs")
            for (job, answer) in zip(jobs, answers) {
                let record = state.tables.index(of: answer.id).map { state.tables.jobs[$0] }
                state.require(record != nil, "job \(answer.id) was submitted and is not there")
                if answer.isDuplicate {
                    state.require(record?.uniqueKey == job.uniqueKey, "job \(answer.id) is no duplicate")
                } else {
                    state.submitted[answer.id] = job
                }
            }
        }
    }

    /// Every job whose submission was answered is there, as it was submitted.
    func checkSubmitted() {
        state.withLock { state in
            for (id, job) in state.submitted {
                let record = state.tables.index(of: id).map { state.tables.jobs[$0] }
                state.require(
                    record?.job.item == job.item
                        || record.map { state.editedItems[id]?.contains($0.job.item) ?? false } ?? false,
                    "job \(id) was submitted with another item")
            }
        }
    }

    /// Takes in that a job may be changed from here on.
    func edits(_ job: Job.ID, _ edit: JobEdit) {
        tell("edit of job \(job): \(edit)")
        state.withLock { state in
            state.edited.insert(job)
            if let item = edit.item { state.editedItems[job, default: []].insert(item) }
        }
    }

    /// The jobs of a pipeline in those states, with how many commits there were.
    func jobs(of pipeline: String?, where isWanted: (JobRecord) -> Bool) -> (records: [JobRecord], commits: Int) {
        state.withLock { state in
            (state.tables.jobs.filter { (pipeline == nil || $0.pipeline == pipeline) && isWanted($0) }, state.commits)
        }
    }

    /// Requires that all of these were finished, at one time or another since.
    func cancelled(_ jobs: [JobRecord], since commits: Int, by request: String) {
        tell("\(request) is answered")
        state.withLock { state in
            for old in jobs {
                let id = old.job.id
                guard let record = state.tables.index(of: id).map({ state.tables.jobs[$0] }) else { continue }
                // It may have been finished and tried again in one commit.
                let wasFinal =
                    record.job.attempt > old.job.attempt || state.finalSince[id].map { $0 > commits } ?? false
                state.require(record.state.isFinal || wasFinal, "\(request) has left job \(id) \(record.state)")
            }
        }
    }

    /// Requires that all of these were given another attempt.
    func retried(_ records: [JobRecord], by request: String) {
        tell("\(request) is answered")
        state.withLock { state in
            for old in records {
                guard let record = state.tables.index(of: old.job.id).map({ state.tables.jobs[$0] }) else { continue }
                state.require(
                    record.job.attempt > old.job.attempt, "\(request) has left job \(old.job.id) \(record.state)")
            }
        }
    }

    /// From here on the pipeline begins no job but those in hand.
    func paused(_ pipeline: String, inHand: [Job.ID]) {
        tell("\(pipeline) is paused, with \(inHand) in hand")
        state.withLock { $0.paused[pipeline] = Set(inHand) }
    }

    /// The pipeline may begin jobs.
    func resumes(_ pipeline: String) {
        state.withLock { $0.paused[pipeline] = nil }
    }

    /// Compares what a pipeline has counted with its rows, at a time at which nothing is under way between the two.
    func compare(_ pipeline: Pipeline) {
        let counts = pipeline.state.withLock { $0.otherCounts + ($0.current?.session.progress.counts ?? JobCounts()) }
        let status = pipeline.status()
        state.withLock { state in
            let rows = state.tables.runs.values.filter { $0.pipeline == pipeline.name }
                .reduce(JobCounts()) { $0 + $1.counts }
            state.require(counts == rows, "\(pipeline.name) has counted \(counts), and its rows are \(rows)")
            state.require(
                status.queueDepth <= status.queueSize, "\(status.queueDepth) jobs on a queue of \(status.queueSize)")
        }
    }

    /// Requires that everything has come to its end.
    func checkAllFinished() {
        state.withLock { state in
            for record in state.tables.jobs where !record.state.isFinal {
                state.require(
                    false,
                    "job \(record.job.id) of \(record.pipeline), attempt \(record.job.attempt), is still \(record.state)"
                )
            }
        }
    }

    var areAllFinished: Bool { state.withLock { $0.tables.jobs.allSatisfy(\.state.isFinal) } }
}
