import Kata

extension MemoryTables {
    /// The jobs that a search looks at, in its order.
    func candidates(for search: JobSearch, before id: Job.ID) -> [JobRecord] {
        let isOfDone = search.states == [.done] && search.tag == nil && search.unique == nil && search.group == nil
        let bound = id == .max ? JobResult.ID.max : resultOfJob[id]
        guard isOfDone, let bound else { return jobs.reversed().filter { $0.job.id < id } }
        return results.reversed().filter { $0.id < bound }.compactMap { index(of: $0.jobID) }.map { jobs[$0] }
    }
}
