import Kata
import KataTestSupport
import KataTesting
import Testing

@testable import KataServer

@Suite("Jobs that are read for answers", .timeLimit(.minutes(10)))
struct JobDetailsReaderTests {
    private let store = HeldStore()
    private let reader: JobDetailsReader

    init() {
        reader = JobDetailsReader(records: store)
    }

    @Test("are read together if they are asked for while others are read, each once")
    func together() async throws {
        let run = try store.memory.openRun()
        let ids = try (1...4).map { try store.memory.submit(NewJob(item: "\($0)"), to: run) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await expect(ids[0]) }
            try await store.nextRead()
            for id in ids[1...] + ids[1...] { group.addTask { try await expect(id) } }
            // Those are asked for while the first one is read.
            try await #require(eventually { reader.askedCount == 3 })
            store.answer()
            try await store.nextRead()
            store.answer()
            try await group.waitForAll()
        }
        #expect(store.reads.all == [[ids[0]], Array(ids[1...])])
    }

    @Test("are read anew for whoever asks after the read has begun")
    func anew() async throws {
        let run = try store.memory.openRun()
        let id = try store.memory.submit(NewJob(item: "a"), to: run)
        async let first: Void = expect(id)
        try await store.nextRead()
        async let second: Void = expect(id)
        try await #require(eventually { reader.askedCount == 1 })
        store.answer()
        try await store.nextRead()
        store.answer()
        _ = try await (first, second)
        #expect(store.reads.all == [[id], [id]])
    }

    @Test("are read for the others if the first one who asked is gone, and each alone if they can't be read together")
    func others() async throws {
        let first = Task { try await reader.details(of: 1) }
        try await store.nextRead()
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        let second = Task { try await reader.details(of: 2) }
        let third = Task { try await reader.details(of: 3) }
        try await #require(eventually { reader.askedCount == 2 })
        store.answer()
        try await store.nextRead()
        for failure in [StoreFailure(.failing, "both"), nil, StoreFailure(.failing, "one")] {
            store.answer(failure)
            if failure?.description != "one" { try await store.nextRead() }
        }
        #expect(try await second.value == nil)
        await #expect(throws: StoreFailure(.failing, "one")) { try await third.value }
        #expect(store.reads.all == [[1], [2, 3], [2], [3]])
        let fourth = Task { try await reader.details(of: 4) }
        try await store.nextRead()
        store.answer()
        #expect(try await fourth.value == nil)
    }

    private func expect(_ id: Job.ID) async throws {
        #expect(try await reader.details(of: id)?.record.job.id == id)
    }
}

/// A store whose reads of jobs take until a test lets them go on.
private final class HeldStore: ForwardingReader {
    let memory = MemoryJobStore()
    let reads = Notes<[Job.ID]>()
    private let begun = AutoResetEvent()
    private let answers: AsyncStream<StoreFailure?>
    private let answering: AsyncStream<StoreFailure?>.Continuation

    init() {
        (answers, answering) = AsyncStream.makeStream()
    }

    var reader: any JobStoreReader { memory }

    func details(_ ids: [Job.ID]) async throws -> [JobDetails?] {
        reads.add(ids)
        begun.set()
        for await failure in answers {
            if let failure { throw failure }
            break
        }
        return try await memory.details(ids)
    }

    /// Waits until a read has begun.
    func nextRead() async throws {
        try await begun.wait()
    }

    /// Lets a read go on.
    func answer(_ failure: StoreFailure? = nil) {
        answering.yield(failure)
    }
}
