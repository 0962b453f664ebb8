extension NewJob {
    /// A copy of a job with some of it changed. It waits for no other job and no time, unless the edit says so.
    init(copyOf record: JobRecord, _ edit: JobEdit) {
        let job = record.job
        self.init(
            item: edit.item ?? job.item, priority: edit.priority ?? job.priority, runAt: edit.runAt,
            uniqueKey: record.uniqueKey, maxAttempts: job.maxAttempts, timeout: job.timeout, key: job.key)
        if case .set(let key) = edit.key { self.key = key }
        tags = record.tags
        copyOf = job.id
    }
}
