import KataTestSupport
import KataTesting
import Logging
import Synchronization
import Testing

@testable import Kata

@Suite("Jobs that are edited while a pipeline works", .timeLimit(.minutes(10)))
struct PipelineEditTests {
    private let gates = Gates()
    private let store = MemoryJobStore()
    private let handler: TestHandler
    /// With one consumer and room for one job on the queue.
    private var fixture: PipelineFixture {
        PipelineFixture(store: store, workerCount: 1, queueSize: 1, source: TestInbox(), handler: handler)
    }

    init() {
        handler = TestHandler(gates: gates)
    }

    private func submit(_ items: [String], to pipeline: Pipeline) async throws -> [Job.ID] {
        try await pipeline.submit(items.map { NewJob(item: $0) }).map(\.id)
    }

    private func finish(_ pipeline: Pipeline, _ ids: [Job.ID]) async throws {
        gates.openAll()
        for id in ids { try await fixture.wait(for: id, toBe: .done) }
        pipeline.drain()
    }

    @Test("are done as they are now, and once, wherever they were", arguments: [1, 2, 3, 4])
    func item(place: Int) async throws {
        let status = try await fixture.whileRunning(.untilDrained) { [gates, fixture] pipeline in
            // One in hand, one on the queue, one about to be put there, two in the feed.
            let ids = try await submit(["0", "1", "2", "3", "4"], to: pipeline)
            try await gates.waitForArrival(at: "0")
            try await #expect(eventually { pipeline.status().queueDepth == 1 })
            let change = try await fixture.steering(pipeline).edit(ids[place], JobEdit(item: "new"))
            #expect([change.old, change.new] == [.pending, .scheduled])
            try await finish(pipeline, ids)
            return pipeline
        }.status()
        let items = handler.handled.all.map(\.item)
        #expect(items.sorted() == (["0", "1", "2", "3", "4"].filter { $0 != "\(place)" } + ["new"]).sorted())
        #expect(handler.handled.all.map(\.attempt) == [1, 1, 1, 1, 1])
        try await #expect(store.counts(pipeline: "p") == JobCounts(done: 5))
        #expect(status.counts.done == 5 && status.counts.pending == 0 && status.counts.scheduled == 0)
    }

    @Test("keep their place, or get one by their new priority")
    func priority() async throws {
        try await fixture.whileRunning(.untilDrained) { [gates, fixture] pipeline in
            let ids = try await submit(["0", "1", "2", "3", "4", "5"], to: pipeline)
            try await gates.waitForArrival(at: "0")
            try await #expect(eventually { pipeline.status().queueDepth == 1 })
            try await fixture.steering(pipeline).edit(ids[3], JobEdit(item: "three"))
            try await fixture.steering(pipeline).edit(ids[5], JobEdit(priority: 9))
            try await finish(pipeline, ids)
        }
        let items = handler.handled.all.map(\.item)
        // One on the queue and one about to be put there are not overtaken.
        #expect(Array(items.drop { $0 != "5" }) == ["5", "three", "4"])
    }

    @Test("are refused once a handler has them in hand")
    func begun() async throws {
        try await fixture.whileRunning(.untilDrained) { [gates, fixture] pipeline in
            let ids = try await submit(["0"], to: pipeline)
            try await gates.waitForArrival(at: "0")
            await #expect(throws: StoreError.begun(ids[0])) {
                try await fixture.steering(pipeline).edit(ids[0], JobEdit(item: "new"))
            }
            try await finish(pipeline, ids)
            await #expect(throws: StoreError.wrongState(job: ids[0], state: .done, action: "edit")) {
                try await fixture.steering(pipeline).edit(ids[0], JobEdit(item: "new"))
            }
        }
        #expect(handler.handled.all.map(\.item) == ["0"])
    }

    @Test("can be put off, and edited again while they wait")
    func later() async throws {
        let clock = ManualWallClock()
        var fixture = fixture
        fixture.wallClock = clock
        try await fixture.whileRunning(.untilDrained) { [gates, fixture, store] pipeline in
            let ids = try await submit(["0", "1", "2"], to: pipeline)
            try await gates.waitForArrival(at: "0")
            try await fixture.steering(pipeline).edit(ids[2], JobEdit(runAt: .sampleEnd))
            try await fixture.steering(pipeline).edit(ids[2], JobEdit(item: "two", key: .set("k")))
            gates.openAll()
            try await fixture.wait(for: ids[1], toBe: .done)
            let record = try await store.record(ids[2])
            #expect(record.state == .scheduled && record.runAt == .sampleEnd && record.job.key == "k")
            clock.advance(to: .sampleEnd)
            try await fixture.wait(for: ids[2], toBe: .done)
            pipeline.drain()
        }
        #expect(handler.handled.all.map(\.item) == ["0", "1", "two"])
    }

    @Test("are done once and never as they were before an edit that was taken, however edits and beginnings meet")
    func races() async throws {
        var fixture = fixture
        fixture.workerCount = 4
        fixture.queueSize = 8
        let handler = TestHandler()
        fixture.handler = handler
        let count = 300
        let taken = Notes<String>()
        try await fixture.whileRunning(.untilDrained) { [fixture] pipeline in
            let ids = try await submit((0..<count).map { "\($0) v0" }, to: pipeline)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<3 {
                    group.addTask {
                        let steering = fixture.steering(pipeline)
                        for (index, id) in ids.enumerated() where index % 3 == client {
                            for version in 1...3 {
                                do {
                                    let edit = JobEdit(item: "\(index) v\(version)", priority: (index + version) % 3)
                                    try await steering.edit(id, edit)
                                    taken.add("\(index) v\(version)")
                                } catch is StoreError {
                                    break
                                }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            for id in ids { try await fixture.wait(for: id, toBe: .done) }
            pipeline.drain()
        }
        var versions = [Int](repeating: 0, count: count)
        for edit in taken.all {
            let words = edit.split(separator: " ")
            let index = Int(words[0]) ?? 0
            versions[index] = max(versions[index], Int(words[1].dropFirst()) ?? 0)
        }
        let expected = versions.enumerated().map { "\($0.offset) v\($0.element)" }
        #expect(handler.handled.all.map(\.item).sorted() == expected.sorted())
        try await #expect(fixture.items().sorted() == expected.sorted())
        try await #expect(store.counts(pipeline: "p") == JobCounts(done: count))
    }

    @Test("can be cancelled while a copy from before is on the queue")
    func cancelled() async throws {
        try await fixture.whileRunning(.untilDrained) { [gates, fixture] pipeline in
            let ids = try await submit(["0", "1", "2"], to: pipeline)
            try await gates.waitForArrival(at: "0")
            try await #expect(eventually { pipeline.status().queueDepth == 1 })
            try await fixture.steering(pipeline).edit(ids[1], JobEdit(item: "one"))
            _ = try await fixture.steering(pipeline).cancel([ids[1]])
            try await finish(pipeline, [ids[0], ids[2]])
        }
        #expect(handler.handled.all.map(\.item) == ["0", "2"])
        try await #expect(store.counts(pipeline: "p") == JobCounts(done: 2, cancelled: 1))
    }

    @Test("take the place of others with their unique key before a submission counts as made")
    func replaced() async throws {
        var fixture = fixture
        fixture.onDuplicate = .replace
        let store = FailingStore()
        fixture.store = store
        let due = Timestamp.now().advanced(by: .seconds(3_600))
        @Sendable func jobs(_ version: String) -> [NewJob] {
            ["a", "b", "a"].enumerated().map { index, key in
                NewJob(item: "\(version) \(index)", runAt: due, uniqueKey: key)
            }
        }
        let key = IdempotencyKey("k", fingerprint: 1)
        try await fixture.whileRunning(.untilDrained) { pipeline in
            let first = try await pipeline.submit(jobs("old"))
            #expect(first.map(\.isDuplicate) == [false, false, true])
            try await #expect(store.record(first[0].id).job.item == "old 2", "the last of a submission counts")
            // The first finds that jobs are to be changed, and the second changes them.
            store.fail(after: 1)
            await #expect(throws: StoreFailure.self) { try await pipeline.submit(jobs("new"), key: key) }
            try await #expect(eventually { pipeline.recorder.outage == nil })
            let second = try await pipeline.submit(jobs("new"), key: key)
            #expect(second.map(\.id) == first.map(\.id) && second.allSatisfy(\.isDuplicate))
            try await #expect(store.record(first[0].id).job.item == "new 2")
            try await #expect(store.record(first[1].id).job.item == "new 1")
            let third = try await pipeline.submit(jobs("new"), key: key)
            #expect(third == second)
            pipeline.drain()
        }
    }

    @Test("have a corrected copy, which says whose copy it is")
    func copy() async throws {
        var fixture = fixture
        fixture.handler = TestHandler { if $0.item == "bad" { throw JobFailure("no", retry: .never) } }
        try await fixture.whileRunning(.untilDrained) { [fixture, store] pipeline in
            var job = NewJob(item: "bad", priority: 3, uniqueKey: "u", key: "k")
            job.tags = ["t"]
            let id = try await pipeline.submit([job])[0].id
            try await fixture.wait(for: id, toBe: .failed)
            let copy = try await fixture.steering(pipeline).retryCopy(of: id, JobEdit(item: "good"))
            try await fixture.wait(for: copy, toBe: .done)
            let record = try await store.record(copy)
            #expect(record.copyOf == id && record.tags == ["t"] && record.uniqueKey == "u")
            #expect(record.job.priority == 3 && record.job.key == "k" && record.job.attempt == 1)
            try await #expect(store.record(id).state == .failed)
            await #expect(throws: StoreError.wrongState(job: copy, state: .done, action: "retry")) {
                _ = try await fixture.steering(pipeline).retryCopy(of: copy, JobEdit(item: "x"))
            }
            pipeline.drain()
        }
    }

    @Test("are edited by the next one with their unique key, as the pipeline says")
    func duplicates() async throws {
        var fixture = fixture
        fixture.onDuplicate = .replace
        try await fixture.whileRunning(.untilDrained) { [gates] pipeline in
            func submit(_ item: String, _ priority: Int = 0) async throws -> SubmittedJob {
                try await pipeline.submit([NewJob(item: item, priority: priority, uniqueKey: "u")])[0]
            }
            _ = try await self.submit(["0"], to: pipeline)
            try await gates.waitForArrival(at: "0")
            let first = try await submit("a")
            try await #expect(submit("b", 5) == SubmittedJob(id: first.id, state: nil))
            gates.open("0")
            try await gates.waitForArrival(at: "b")
            // It has begun, and stays as it is.
            try await #expect(submit("c").isDuplicate)
            try await finish(pipeline, [first.id])
        }
        #expect(handler.handled.all.map(\.item) == ["0", "b"])
        #expect(handler.handled.all.map(\.priority) == [0, 5])
    }

    @Test("are put off by the next one with their unique key, and not for ever")
    func extended() async throws {
        let clock = ManualWallClock()
        var fixture = fixture
        fixture.wallClock = clock
        fixture.onDuplicate = .extend(longestWait: .seconds(60))
        gates.openAll()
        try await fixture.whileRunning(.untilDrained) { [fixture, store] pipeline in
            let start = clock.now()
            func submit(in seconds: Int64) async throws -> Job.ID {
                let time = clock.now().advanced(by: .seconds(seconds))
                return try await pipeline.submit([NewJob(item: "x", runAt: time, uniqueKey: "u")])[0].id
            }
            let id = try await submit(in: 20)
            for (delay, expected) in [(30, 30), (10, 30), (50, 50), (90, 60), (20, 60)] as [(Int64, Int64)] {
                try await #expect(submit(in: delay) == id)
                try await #expect(store.record(id).runAt == start.advanced(by: .seconds(expected)), "\(delay)")
            }
            clock.advance(to: start.advanced(by: .seconds(60)))
            try await fixture.wait(for: id, toBe: .done)
            pipeline.drain()
        }
    }
}

/// Fails at one transaction.
private final class FailingStore: JobStore, ForwardingReader {
    private let store = MemoryJobStore()
    private let left = Mutex<Int?>(nil)
    var reader: any JobStoreReader { store }

    /// Fails once, after so many transactions.
    func fail(after count: Int) {
        left.withLock { $0 = count }
    }

    func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
        let fails = left.withLock { left in
            guard let count = left else { return false }
            left = count == 0 ? nil : count - 1
            return count == 0
        }
        if fails { throw StoreFailure(.full, "the disk is full") }
        return try store.transaction(body)
    }
}
