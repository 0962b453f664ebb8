import Foundation
import Kata
import KataAPI
import KataTestSupport
import KataTesting
import Testing

@testable import KataServer

@Suite("Jobs over HTTP")
struct JobPagesTests {
    private let store = MemoryJobStore()

    @Test("are listed page by page as the document that they make", arguments: [0, 1, 63, 64, 65, 130])
    func list(count: Int) async throws {
        let run = try store.openRun()
        try store.submit((0..<count).map { NewJob(item: "\($0)") }, to: run)
        for limit in [1, 64, 65, 1_000] {
            let pages = try await pages(of: list(limit: limit))
            let records = try await store.jobs(JobFilter(), before: .max, limit: limit)
            let next = records.count < limit ? nil : records.last?.job.id
            let expected = JobListDocument(jobs: records.map { JobDocument($0) }, next: next)
            #expect(try Data(pages.joined()) == JSON.encode(expected))
            #expect(pages.allSatisfy { $0.count < 64 << 10 })
        }
    }

    @Test("have their texts cut in lists, with the length of the whole, and are whole alone")
    func long() async throws {
        let long = String(repeating: "x", count: NewJob.itemLimit)
        let run = try store.openRun()
        for _ in 0..<200 {
            let id = try store.submit(NewJob(item: long), to: run)
            try await store.complete(id, .failed(reason: long))
        }
        let pages = try await pages(of: list(limit: 200))
        #expect(pages.reduce(0) { $0 + $1.count } < 600_000)
        let job = try #require(JSON.decode(JobListDocument.self, from: Data(pages.joined())).jobs.first)
        let beginning = String(repeating: "x", count: JobDocument.listTextLimit) + "…"
        #expect(job.item == beginning && job.itemBytes == long.utf8.count && job.itemCut == true)
        #expect(job.error == beginning && job.errorBytes == long.utf8.count && job.errorCut == true)

        let details = try #require(try await store.details([job.id])[0])
        let one = try await self.pages(of: JobPages(details, in: store))
        let whole = try JSON.decode(JobDocument.self, from: Data(one.joined()))
        #expect(whole.item == long && whole.itemBytes == nil && whole.itemCut == nil)
        #expect(whole.error == long && whole.errorBytes == nil && whole.errorCut == nil)
        #expect(whole.attempts?.map(\.error) == [long])
    }

    @Test("come with their attempts page by page, as the document that they make", arguments: [0, 1, 4, 5, 9])
    func attempts(count: Int) async throws {
        let id = try await job(attempts: count)
        let details = try #require(try await store.details([id])[0])
        let record = details.record
        let pages = try await pages(of: JobPages(details, consumerID: "c1", in: store))
        let attempts = try await store.attempts(job: id)
        #expect(attempts.count == count)
        #expect(try Data(pages.joined()) == JSON.encode(JobDocument(record, consumerID: "c1", attempts: attempts)))
        #expect(pages.allSatisfy { $0.count < 3 * StorePage.budget / 2 })
    }

    @Test("that may be pruned are whole, and end where they become too many bytes")
    func prunable() async throws {
        var ids: [Job.ID] = []
        for _ in 0..<12 { ids.append(try await job(attempts: 4)) }
        var found: [Int64] = []
        var answers = 0
        while answers < 10 {
            let last = found.last ?? 0
            let page = ids.filter { $0 > last }
            let pages = try await pages(of: PrunablePages(page, mayHaveMore: false, in: store))
            #expect(pages.reduce(0) { $0 + $1.count } < PrunablePages.budget + 3 * StorePage.budget)
            let list = try JSON.decode(JobListDocument.self, from: Data(pages.joined()))
            #expect(list.jobs.allSatisfy { $0.attempts?.count == 4 && $0.itemCut == nil })
            found += list.jobs.map(\.id)
            answers += 1
            guard let next = list.next else { break }
            #expect(next == found.last)
        }
        #expect(found == ids)
        #expect(answers > 1)
        let nothing = try await pages(of: PrunablePages([], mayHaveMore: false, in: store))
        #expect(String(decoding: nothing.joined(), as: UTF8.self) == #"{"jobs":[]}"#)
    }

    private func list(limit: Int) -> JobListPages {
        JobListPages(before: .max, limit: limit, consumers: [:], records: store) { [store] before, limit in
            let page = try await store.search(JobSearch(), before: before, limit: limit)
            let jobs = try await store.jobs(page.jobs, textLimit: JobDocument.listTextLimit)
            return .init(jobs: jobs, lookedAt: page.lookedAt, next: page.next)
        }
    }

    /// A pending job after some attempts, with a quarter of a page of output each.
    private func job(attempts: Int) async throws -> Job.ID {
        let run = try await store.unfinishedRun(pipeline: "a") ?? store.openRun()
        let id = try store.submit(NewJob(item: "x"), to: run)
        let output = String(repeating: "o", count: StorePage.budget / 4)
        for _ in 0..<attempts {
            let completion = Completion(
                job: try await store.record(id).job, consumerID: "c1", outcome: .retry(reason: "no", at: .sampleEnd),
                startedAt: .sampleStart, finishedAt: .sampleEnd, output: output)
            try #require(try store.transaction { try $0.completes(completion) })
            _ = try store.transaction { try $0.promote(run: run.id, dueBy: .sampleEnd, limit: 9) }
        }
        return id
    }

    private func pages(of pages: some HTTPBodyPages) async throws -> [[UInt8]] {
        var pages = pages
        var all: [[UInt8]] = []
        while let page = try await pages.next() { all.append(page) }
        #expect(pages.isAtEnd)
        return all
    }
}
