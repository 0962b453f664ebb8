import Kata
import KataAPI

extension JobListPages {
    /// How jobs are read of which only their pipelines know that they are in hand.
    ///
    /// - Parameter consumers: those that have a job in hand, by job.
    static func readRunning(
        _ consumers: [Job.ID: ConsumerStatus], _ search: JobSearch, in records: any JobStoreReader
    ) -> Read {
        let ids = consumers.keys.sorted(by: >)
        return { before, limit in
            let page = Array(ids.drop { $0 >= before }.prefix(limit))
            let textLimit = JobDocument.listTextLimit
            // A text may be found behind what a list shows of it.
            let jobs = try await records.jobs(page, textLimit: search.isPlain ? textLimit : .max)
                .filter(search.selects).map { $0.cut(to: textLimit) }
            return Part(jobs: jobs, lookedAt: page.count, next: page.count < limit ? nil : page.last)
        }
    }

    /// How jobs are read that the store finds.
    static func readFound(_ search: JobSearch, in records: any JobStoreReader) -> Read {
        { before, limit in
            let page = try await records.search(search, before: before, limit: limit)
            let jobs = try await records.jobs(page.jobs, textLimit: JobDocument.listTextLimit)
            return Part(jobs: jobs, lookedAt: page.lookedAt, next: page.next)
        }
    }
}
