import Kata

extension JobRecord {
    /// The job, with the time since which it could have begun.
    var readyJob: Job {
        var job = job
        job.readyAt = max(createdAt, runAt ?? createdAt)
        return job
    }
}
