extension LiveEvents {
    /// A consumer has begun an attempt at a job.
    func began(_ job: Job, pipeline: String, consumerID: String, at time: Timestamp) {
        post(.job, pipeline: pipeline, job: job.id) { json in
            json.field("state", "running")
            json.field("attempt", job.attempt)
            json.field("consumer_id", consumerID)
            json.field("at", time.iso8601)
        }
    }

    /// The outcome of an attempt is recorded.
    func recorded(_ completion: Completion, pipeline: String) {
        post(.job, pipeline: pipeline, job: completion.job.id) { json in
            json.field("state", completion.outcome.state.rawValue)
            json.field("attempt", completion.job.attempt)
            json.field("consumer_id", completion.consumerID)
            switch completion.outcome {
            case .done, .cutOff: break
            case .failed(let reason): json.field("error", reason)
            case .retry(let reason, let time), .interrupted(let reason, let time), .postponed(let reason, let time):
                json.field("error", reason)
                json.field("run_at", time.iso8601)
            }
            if let code = completion.exitCode { json.field("exit_code", code) }
            json.field("at", completion.finishedAt.iso8601)
        }
    }

    /// A job was changed other than by an attempt at it.
    func changed(_ change: JobChange, at time: Timestamp) {
        post(.job, pipeline: change.pipeline, job: change.job) { json in
            json.field("state", change.new.rawValue)
            json.field("attempt", change.attempt)
            if let runAt = change.runAt { json.field("run_at", runAt.iso8601) }
            json.field("at", time.iso8601)
        }
    }

    /// Jobs were submitted, those that were there before left out.
    func added(_ jobs: [NewJob], _ submitted: [SubmittedJob], pipeline: String, at time: Timestamp) {
        for (job, submission) in zip(jobs, submitted) {
            guard let state = submission.state else { continue }
            post(.job, pipeline: pipeline, job: submission.id) { json in
                json.field("state", state.rawValue)
                json.field("attempt", 1)
                if state == .scheduled, let runAt = job.runAt { json.field("run_at", runAt.iso8601) }
                json.field("at", time.iso8601)
            }
        }
    }
}
