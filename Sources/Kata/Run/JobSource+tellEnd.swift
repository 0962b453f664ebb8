import Logging

extension JobSource {
    /// Tells the source of the end of a job, which is durable by now, with what the store has of the job. A source that
    /// can't be told, because the store can't be read, is told after a restart.
    ///
    /// - Parameters:
    ///   - node: the name of this node, where others may have a source of that name on their machines: jobs of these are left to them.
    ///   - executor: where the store is read.
    func tellEnd(
        of job: Job.ID, in store: any JobStoreReader, from node: String? = nil, executor: (any TaskExecutor)?,
        logger: Logger
    ) async {
        do {
            // In a task of its own: a job that was cut off has cancelled the task of its consumer, and a cancelled read fails.
            let record = try await Task(executorPreference: executor) { try await store.job(job) }.value
            guard let record, record.state.isFinal else { return }
            if isLocal, let node, record.uniqueKey?.hasPrefix("\(node):") == false { return }
            await settled(record)
        } catch {
            logger.warning("the source was not told of a job's end", metadata: ["job": "\(job)", "error": "\(error)"])
        }
    }
}
