public import Kata

extension PostgresReader {
    /// Jobs with all that is known of them, in one read.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func details(_ ids: [Job.ID]) async throws -> [JobDetails?] {
        try await read { snapshot in
            var page = StorePage()
            var jobs: [JobDetails?] = []
            for id in ids {
                let details = try Self.details(of: id, in: snapshot)
                jobs.append(details)
                if !page.add(details?.textBytes ?? 0) { break }
            }
            return jobs
        }
    }

    private static func details(of id: Job.ID, in snapshot: PostgresSnapshot) throws -> JobDetails? {
        guard let record = try record(id, in: snapshot) else { return nil }
        let (attempts, areAll) = try attempts(id, skipping: 0, in: snapshot)
        let checkpoint =
            record.state == .done
            ? nil
            : try snapshot.rows("SELECT text FROM checkpoint WHERE job_id = $1", [.integer(id)]) { $0.text(0) }.first
        return JobDetails(
            record: record, attempts: attempts, hasAllAttempts: areAll,
            lastDuration: areAll ? attempts.last?.duration : try lastDurations([id], in: snapshot)[id],
            checkpoint: checkpoint)
    }
}
