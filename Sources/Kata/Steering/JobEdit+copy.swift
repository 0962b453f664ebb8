extension JobEdit {
    /// A copy of a job with some of it changed. It waits for no other job and no time, unless the edit says so.
    func copy(of record: JobRecord) -> NewJob {
        let job = record.job
        var copy = NewJob(
            item: item ?? job.item, priority: priority ?? job.priority, runAt: runAt, uniqueKey: record.uniqueKey,
            maxAttempts: job.maxAttempts, timeout: job.timeout, key: job.key)
        if case .set(let key) = key { copy.key = key }
        copy.tags = record.tags
        copy.traceParent = job.traceParent
        copy.copyOf = job.id
        return copy
    }
}
