import GRDB
public import Kata

extension SQLiteReader {
    /// Jobs with all that is known of them, in one read.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func details(_ ids: [Job.ID]) async throws -> [JobDetails?] {
        try await read { database in
            var page = StorePage()
            var jobs: [JobDetails?] = []
            for id in ids {
                let details = try Self.details(of: id, in: database)
                jobs.append(details)
                if !page.add(details?.textBytes ?? 0) { break }
            }
            return jobs
        }
    }

    private static func details(of id: Job.ID, in database: Database) throws -> JobDetails? {
        guard let record = try record(id, in: database) else { return nil }
        let (attempts, areAll) = try attempts(id, skipping: 0, in: database)
        return JobDetails(
            record: record, attempts: attempts, hasAllAttempts: areAll,
            lastDuration: areAll ? attempts.last?.duration : try lastDuration(id, in: database),
            checkpoint: record.state == .done ? nil : try checkpoint(id, in: database))
    }
}
