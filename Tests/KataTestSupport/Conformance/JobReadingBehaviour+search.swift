import Kata
import Testing

extension JobReadingBehaviour {
    static func checkSearched(_ store: any JobStore) async throws {
        let runs = try [store.openRun("a"), store.openRun("b")]
        let late = Timestamp.sample(after: .seconds(60))
        let plain = try store.submit(NewJob(item: "invoice é 17"), to: runs[0])
        let named = try store.submit(NewJob(item: "x", uniqueKey: "u", key: "k"), to: runs[0])
        let other = try store.submit(NewJob(item: "Invoice", key: "kk"), to: runs[1], at: late)
        let failed = try store.submit(NewJob(item: "y"), to: runs[1], at: late)
        try await store.complete(plain)
        try await store.complete(failed, .failed(reason: "can't open '/a/1': 2"))
        func found(_ set: (inout JobSearch) -> Void) async throws -> [Job.ID] {
            var search = JobSearch()
            set(&search)
            let page = try await store.search(search, before: .max, limit: 10)
            #expect(page.next == nil)
            // Records say the same.
            let records = try await store.jobs(JobFilter(), before: .max, limit: 10)
            #expect(records.filter(search.selects).map(\.job.id) == page.jobs)
            return page.jobs
        }
        try await #expect(found { _ in } == [failed, other, named, plain])
        try await #expect(found { $0.pipeline = "b" } == [failed, other])
        try await #expect(found { $0.pipeline = "c" } == [])
        try await #expect(found { $0.states = [.done, .failed] } == [failed, plain])
        try await #expect(found { $0.states = [.failed] } == [failed])
        try await #expect(found { $0.states = [] } == [])
        try await #expect(found { $0.item = "nvoice" } == [other, plain])
        try await #expect(found { $0.item = "é 1" } == [plain])
        try await #expect(found { $0.item = "%" } == [])
        try await #expect(found { $0.error = "open '/a" } == [failed])
        try await #expect(found { $0.key = "k" } == [named])
        try await #expect(found { $0.unique = "u" } == [named])
        try await #expect(found { $0.since = late } == [failed, other])
        try await #expect(found { $0.until = late } == [named, plain])
        try await #expect(found { $0.finishedBefore = .sample(after: .seconds(3_600)) } == [failed, plain])
        try await #expect(found { $0.finishedBefore = .sampleStart } == [])
        let group = FailureGroup.id(pipeline: "b", error: "can't open '/zz/9': 77")
        try await #expect(found { $0.group = group } == [failed])
        try await #expect(found { $0.group = FailureGroup.id(pipeline: "a", error: "can't open '/a/1': 2") } == [])
        try await #expect(
            found {
                $0.pipeline = "b"
                $0.item = "y"
                $0.states = [.pending]
            } == [])
    }

    static func checkSearchedInPages(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let ids = try (0..<20).map { try store.submit(NewJob(item: "\($0 % 2)"), to: run) }
        var search = JobSearch()
        search.item = "1"
        var found: [Job.ID] = []
        var before: Job.ID? = .max
        var pages = 0
        while let next = before, pages < 30 {
            let page = try await store.search(search, before: next, limit: 3)
            #expect(page.jobs.count <= 3 && page.lookedAt >= page.jobs.count)
            found += page.jobs
            before = page.next
            pages += 1
        }
        #expect(found == ids.enumerated().filter { $0.offset % 2 == 1 }.map(\.element).reversed())
    }

    static func checkSearchedByState(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let other = try store.openRun("b")
        var pending: [Job.ID] = []
        for number in 0..<30 {
            let job = NewJob(item: "x", priority: [0, 5, -5][number % 3], key: number % 5 == 0 ? "k" : nil)
            pending.append(try store.submit(job, to: number % 4 == 0 ? other : run))
        }
        let first = try store.submit(NewJob(item: "x"), to: run)
        let second = try store.submit(NewJob(item: "x"), to: run)
        let third = try store.submit(NewJob(item: "x"), to: other)
        for id in [third, first, second] { try await store.complete(id) }
        let late = Timestamp.sample(after: .seconds(3_600))
        let scheduled = try (0..<5).map { _ in try store.submit(NewJob(item: "x", runAt: late), to: run) }
        func found(_ state: JobState, _ set: (inout JobSearch) -> Void = { _ in }) async throws -> [Job.ID] {
            var search = JobSearch(states: [state])
            set(&search)
            var found: [Job.ID] = []
            var before: Job.ID? = .max
            while let next = before, found.count < 99 {
                let page = try await store.search(search, before: next, limit: 2)
                found += page.jobs
                before = page.next
            }
            return found
        }
        try await #expect(found(.pending) == pending.reversed())
        try await #expect(
            found(.pending) { $0.pipeline = "b" }
                == pending.enumerated().filter { $0.offset % 4 == 0 }.map(\.element).reversed())
        try await #expect(
            found(.pending) { $0.key = "k" }
                == pending.enumerated().filter { $0.offset % 5 == 0 }.map(\.element).reversed())
        try await #expect(found(.pending) { $0.pipeline = "none" } == [])
        try await #expect(found(.done) == [second, first, third], "the one that was done last is the first")
        try await #expect(found(.done) { $0.pipeline = "b" } == [third])
        try await #expect(found(.scheduled) == scheduled.reversed())
        try await #expect(found(.waiting) == [])
        // Before one that was never done, it goes by ids.
        let page = try await store.search(JobSearch(states: [.done]), before: second, limit: 9)
        #expect(page.jobs == [first, third])
        let rest = try await store.search(JobSearch(states: [.done]), before: scheduled[0], limit: 9)
        #expect(rest.jobs == [third, second, first])
    }

    static func checkExitCode(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let id = try store.submit(NewJob(item: "x"), to: run)
        func fail(_ outcome: Completion.Outcome, _ code: Int32?) async throws {
            let completion = Completion(
                job: try await store.record(id).job, consumerID: "c1", outcome: outcome, startedAt: .sampleStart,
                finishedAt: .sampleEnd, exitCode: code)
            try #require(store.transaction { try $0.completes(completion) })
        }
        try await fail(.retry(reason: "no", at: .sampleEnd), 3)
        try await #expect(store.record(id).exitCode == nil)
        _ = try store.transaction { try $0.promote(run: run.id, dueBy: .sampleEnd, limit: 1) }
        try await fail(.failed(reason: "no"), 137)
        try await #expect(store.record(id).exitCode == 137)
        try await #expect(store.attempts(job: id).map(\.exitCode) == [3, 137])
        _ = try store.transaction { try $0.retry(id, at: .sampleEnd) }
        try await #expect(store.record(id).exitCode == nil)
        _ = try store.transaction { try $0.promote(run: run.id, dueBy: .sampleEnd, limit: 1) }
        try await fail(.failed(reason: "no"), nil)
        try await #expect(store.record(id).exitCode == nil)
    }
}
