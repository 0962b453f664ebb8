import KataTestSupport
import Synchronization
import Testing

@testable import Kata

@Suite("A doorbell", .timeLimit(.minutes(1)))
struct DoorbellTests {
    private final class Rings: Sendable {
        let count = Atomic(0)
    }

    private let executor = StepExecutor()
    private let bell = Doorbell()

    @Test("wakes the one who waits")
    func wakes() async throws {
        let woken = Notes<Int>()
        let task = waiter(woken)
        #expect(woken.all.isEmpty)
        bell.ring()
        executor.runUntilIdle()
        #expect(woken.all == [1])
        try await task.value
    }

    @Test("keeps rings that nobody waits for, as one")
    func kept() async throws {
        for _ in 1...3 { bell.ring() }
        try await bell.wait()
        let woken = Notes<Int>()
        let task = waiter(woken)
        #expect(woken.all.isEmpty, "the three were one")
        bell.ring()
        executor.runUntilIdle()
        try await task.value
    }

    @Test("keeps nothing of a ring that woke somebody")
    func notKept() async throws {
        let woken = Notes<Int>()
        for count in 1...3 {
            let task = waiter(woken)
            bell.ring()
            executor.runUntilIdle()
            #expect(woken.all.count == count)
            try await task.value
        }
        let task = waiter(woken)
        #expect(woken.all.count == 3)
        task.cancel()
        executor.runUntilIdle()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("lets a cancelled task wait no longer, and another one after it")
    func cancelled() async throws {
        let woken = Notes<Int>()
        let first = waiter(woken)
        first.cancel()
        executor.runUntilIdle()
        await #expect(throws: CancellationError.self) { try await first.value }
        let second = waiter(woken)
        bell.ring()
        executor.runUntilIdle()
        try await second.value
        #expect(woken.all == [1])
    }

    @Test("keeps the ring that comes after a cancellation")
    func ringAfterCancellation() async throws {
        let task = waiter(Notes())
        task.cancel()
        bell.ring()
        executor.runUntilIdle()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await bell.wait()
    }

    @Test("gives a kept ring even to a cancelled task, and else does not let it wait")
    func cancelledBefore() async throws {
        bell.ring()
        let first = Task(executorPreference: executor) { [bell] in try await bell.wait() }
        first.cancel()
        executor.runUntilIdle()
        try await first.value
        let second = Task(executorPreference: executor) { [bell] in try await bell.wait() }
        second.cancel()
        executor.runUntilIdle()
        await #expect(throws: CancellationError.self) { try await second.value }
    }

    @Test("gives each ring to a waiter or keeps it, when it meets a cancellation")
    func ringMeetsCancellation() async throws {
        var cancelled = 0
        for round in 0..<5_000 {
            let wait = Task { [bell] in try await bell.wait() }
            // One of them is first, or they are at it at once.
            if round % 3 == 0 { wait.cancel() }
            async let ring: Void = bell.ring()
            if round % 3 == 1 { wait.cancel() }
            await ring
            if case .failure = await wait.result {
                cancelled += 1
                try await bell.wait()
            }
            let next = Task { [bell] in try await bell.wait() }
            next.cancel()
            await #expect(throws: CancellationError.self, "one ring was taken twice") { try await next.value }
        }
        #expect(cancelled > 0, "no wait was cancelled, so this shows nothing")
    }

    @Test("lets nobody miss what was there before a ring, however many ring", arguments: 1...4)
    func manyRing(ringers: Int) async throws {
        let rings = Rings()
        let count = 2_000
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<ringers {
                group.addTask { [bell] in
                    for number in 0..<count {
                        rings.count.add(1, ordering: .sequentiallyConsistent)
                        bell.ring()
                        if number.isMultiple(of: 16) { await Task.yield() }
                    }
                }
            }
            // A ring that was lost would make this wait for ever.
            while rings.count.load(ordering: .sequentiallyConsistent) < ringers * count { try await bell.wait() }
            try await group.waitForAll()
        }
        #expect(rings.count.load(ordering: .sequentiallyConsistent) == ringers * count)
    }

    /// A task that waits.
    private func waiter(_ woken: Notes<Int>) -> Task<Void, any Error> {
        let task = Task(executorPreference: executor) { [bell] in
            try await bell.wait()
            woken.add(1)
        }
        executor.runUntilIdle()
        return task
    }
}
