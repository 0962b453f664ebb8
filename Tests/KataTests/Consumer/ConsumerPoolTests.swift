import KataTestSupport
import Testing

@testable import Kata

@Suite("The pool of a session", .timeLimit(.minutes(10)))
struct ConsumerPoolTests {
    private struct Broken: Error {}

    private let begun = Notes<String>()
    private let endOfQueue = Latch()

    @Test("has those work that it has, and those that are added")
    func work() async throws {
        let pool = ConsumerPool(count: 3)
        let work = Task { try await pool.run(wait) }
        try await expectBegun(["c1", "c2", "c3"])
        pool.scale(to: 5)
        try await expectBegun(["c1", "c2", "c3", "c4", "c5"])
        #expect(pool.count == 5)
        pool.scale(to: 5)
        #expect(pool.consumers.map(\.id) == ["c1", "c2", "c3", "c4", "c5"])
        endOfQueue.open()
        #expect(try await work.value == 0)
        #expect(begun.all.count == 5)
    }

    @Test("lets the last ones leave, and takes their names again")
    func leave() async throws {
        let pool = ConsumerPool(count: 3)
        let work = Task { try await pool.run(wait) }
        try await expectBegun(["c1", "c2", "c3"])
        pool.scale(to: 1)
        #expect(try await eventually { pool.consumers.map(\.id) == ["c1"] })
        pool.scale(to: 2)
        try await expectBegun(["c1", "c2", "c2", "c3"])
        #expect(pool.consumers.map(\.id) == ["c1", "c2"])
        endOfQueue.open()
        _ = try await work.value
    }

    @Test("keeps those who were about to leave")
    func stay() async {
        let pool = ConsumerPool(count: 3)
        let before = pool.consumers
        pool.scale(to: 1)
        #expect(pool.consumers.map(\.isRetired) == [false, true, true])
        pool.scale(to: 2)
        #expect(pool.consumers.map(\.isRetired) == [false, false, true])
        pool.scale(to: 3)
        #expect(zip(pool.consumers, before).allSatisfy { $0 === $1 && !$0.isRetired })
        #expect(before.allSatisfy { !$0.leaves() })
    }

    @Test("has one for each name, however it is scaled while somebody is on the way out")
    func oneForEachName() async throws {
        let pool = ConsumerPool(count: 2)
        let old = pool.consumers[1]
        let mayEnd = Latch()
        let work = Task {
            try await pool.run { consumer in
                guard consumer === old else { return try await wait(consumer) }
                begun.add(consumer.id)
                // It does not hear that it is cancelled.
                await Task { try? await mayEnd.wait() }.value
                return .cut
            }
        }
        try await expectBegun(["c1", "c2"])
        pool.scale(to: 1)
        #expect(old.leaves())
        // One begins in its place, is to leave as well, and stays or is replaced in turn.
        for count in [2, 1, 2] { pool.scale(to: count) }
        #expect(pool.consumers[0].id == "c1")
        mayEnd.open()
        #expect(try await eventually { pool.consumers.map(\.id) == ["c1", "c2"] })
        #expect(pool.consumers[1] !== old)
        endOfQueue.open()
        _ = try await work.value
    }

    @Test("has no use for more once somebody saw the end")
    func over() async throws {
        let pool = ConsumerPool(count: 2)
        endOfQueue.open()
        #expect(try await pool.run(wait) == 0)
        pool.scale(to: 5)
        #expect(begun.all.sorted() == ["c1", "c2"])
    }

    @Test("has whoever was cut off go on in another task, with what it holds")
    func goesOn() async throws {
        let pool = ConsumerPool(count: 1)
        let job = Job(id: 7, runID: 1, item: "x")
        let heldBack = try await pool.run { consumer in
            begun.add(consumer.hasJob ? "again" : "first")
            if consumer.putBack() { return .over }
            consumer.take(job)
            consumer.cancelTask()
            #expect(Task.isCancelled)
            return .cut
        }
        #expect(begun.all == ["first", "again"])
        #expect(heldBack == 0)
    }

    @Test("ends all when it is cancelled, and tells how many jobs were held")
    func giveUp() async throws {
        let pool = ConsumerPool(count: 3)
        let work = Task {
            try await pool.run { consumer in
                if consumer.id != "c1" { consumer.take(Job(id: 7, runID: 1, item: "x")) }
                return try await wait(consumer)
            }
        }
        try await expectBegun(["c1", "c2", "c3"])
        work.cancel()
        #expect(try await work.value == 2)
        #expect(begun.all.count == 3)
    }

    @Test("ends all when one fails, and throws what that one threw")
    func failure() async throws {
        let pool = ConsumerPool(count: 3)
        await #expect(throws: Broken.self) {
            try await pool.run { consumer in
                if consumer.id == "c2" { throw Broken() }
                return try await wait(consumer)
            }
        }
    }

    /// What a consumer does for whom no job comes.
    private func wait(_ consumer: Consumer) async throws -> ConsumerPool.TaskEnd {
        if !consumer.hasJob && !consumer.beginWaiting() { return .cut }
        begun.add(consumer.id)
        do {
            try await endOfQueue.wait()
            return .over
        } catch is CancellationError {
            return .cut
        }
    }

    private func expectBegun(_ ids: [String]) async throws {
        #expect(try await eventually { begun.all.sorted() == ids }, "\(begun.all)")
    }
}
