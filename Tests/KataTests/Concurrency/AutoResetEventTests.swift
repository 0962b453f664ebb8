import KataTestSupport
import KataTesting
import Synchronization
import Testing

@testable import Kata

@Suite("An event that resets itself", .timeLimit(.minutes(10)))
struct AutoResetEventTests {
    private final class Sets: Sendable {
        let count = Atomic(0)
    }

    private let executor = StepExecutor()
    private let event = AutoResetEvent()

    @Test("wakes the one who waits")
    func wakes() async throws {
        let woken = Notes<Int>()
        let task = waiter(woken)
        #expect(woken.all.isEmpty)
        event.set()
        executor.runUntilIdle()
        #expect(woken.all == [1])
        try await task.value
    }

    @Test("stays set until somebody waits, and wakes once however often it was set")
    func kept() async throws {
        for _ in 1...3 { event.set() }
        try await event.wait()
        let woken = Notes<Int>()
        let task = waiter(woken)
        #expect(woken.all.isEmpty, "the three were one")
        event.set()
        executor.runUntilIdle()
        try await task.value
    }

    @Test("is reset by the one it wakes")
    func notKept() async throws {
        let woken = Notes<Int>()
        for count in 1...3 {
            let task = waiter(woken)
            event.set()
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
        event.set()
        executor.runUntilIdle()
        try await second.value
        #expect(woken.all == [1])
    }

    @Test("stays set if it is set after a cancellation")
    func setAfterCancellation() async throws {
        let task = waiter(Notes())
        task.cancel()
        event.set()
        executor.runUntilIdle()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await event.wait()
    }

    @Test("wakes even a cancelled task if it is set, and else does not let it wait")
    func cancelledBefore() async throws {
        event.set()
        let first = Task(executorPreference: executor) { [event] in try await event.wait() }
        first.cancel()
        executor.runUntilIdle()
        try await first.value
        let second = Task(executorPreference: executor) { [event] in try await event.wait() }
        second.cancel()
        executor.runUntilIdle()
        await #expect(throws: CancellationError.self) { try await second.value }
    }

    @Test("wakes a waiter or stays set, when it meets a cancellation")
    func setMeetsCancellation() async throws {
        var cancelled = 0
        for round in 0..<5_000 {
            let wait = Task { [event] in try await event.wait() }
            // One of them is first, or they are at it at once.
            if round % 3 == 0 { wait.cancel() }
            async let setting: Void = event.set()
            if round % 3 == 1 { wait.cancel() }
            await setting
            if case .failure = await wait.result {
                cancelled += 1
                try await event.wait()
            }
            let next = Task { [event] in try await event.wait() }
            next.cancel()
            await #expect(throws: CancellationError.self, "it woke twice") { try await next.value }
        }
        #expect(cancelled > 0, "no wait was cancelled, so this shows nothing")
    }

    @Test("lets nobody miss what was there before it was set, however many set it", arguments: 1...4)
    func manySet(setters: Int) async throws {
        let sets = Sets()
        let count = 2_000
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<setters {
                group.addTask { [event] in
                    for number in 0..<count {
                        sets.count.add(1, ordering: .sequentiallyConsistent)
                        event.set()
                        if number.isMultiple(of: 16) { await Task.yield() }
                    }
                }
            }
            // One that was lost would make this wait for ever.
            while sets.count.load(ordering: .sequentiallyConsistent) < setters * count { try await event.wait() }
            try await group.waitForAll()
        }
        #expect(sets.count.load(ordering: .sequentiallyConsistent) == setters * count)
    }

    /// A task that waits.
    private func waiter(_ woken: Notes<Int>) -> Task<Void, any Error> {
        let task = Task(executorPreference: executor) { [event] in
            try await event.wait()
            woken.add(1)
        }
        executor.runUntilIdle()
        return task
    }
}
