public import Kata

extension MemoryJobStore {
    /// The ids of jobs that are looked for, the latest first; of those that are done the one that was done last.
    public func search(_ search: JobSearch, before id: Job.ID, limit: Int) async throws -> JobSearchPage {
        read { tables in
            var found: [Job.ID] = []
            var count = 0
            for record in tables.candidates(for: search, before: id) {
                count += 1
                guard search.selects(record) else { continue }
                found.append(record.job.id)
                if found.count == limit { return JobSearchPage(jobs: found, lookedAt: count, next: record.job.id) }
            }
            return JobSearchPage(jobs: found, lookedAt: count, next: nil)
        }
    }
}

extension MemoryTables {
    /// The jobs that a search looks at, in its order.
    fileprivate func candidates(for search: JobSearch, before id: Job.ID) -> [JobRecord] {
        let isOfDone = search.states == [.done] && search.tag == nil && search.unique == nil && search.group == nil
        let bound = id == .max ? JobResult.ID.max : resultOfJob[id]
        guard isOfDone, let bound else { return jobs.reversed().filter { $0.job.id < id } }
        return results.reversed().filter { $0.id < bound }.compactMap { index(of: $0.jobID) }.map { jobs[$0] }
    }
}
