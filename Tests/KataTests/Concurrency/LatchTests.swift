import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A latch", .timeLimit(.minutes(10)))
struct LatchTests {
    private let executor = StepExecutor()
    private let latch = Latch()

    @Test("lets everyone wait until it is opened")
    func wakesEveryone() async throws {
        let woken = Notes<Int>()
        let tasks = (0..<100).map { number in
            Task(executorPreference: executor) { [latch] in
                try await latch.wait()
                woken.add(number)
            }
        }
        executor.runUntilIdle()
        #expect(woken.all.isEmpty)
        #expect(!latch.isOpen)
        latch.open()
        executor.runUntilIdle()
        #expect(woken.all.sorted() == Array(0..<100))
        for task in tasks { try await task.value }
    }

    @Test("lets everyone pass who comes after it was opened, and may be opened again")
    func opensOnce() async throws {
        latch.open()
        latch.open()
        #expect(latch.isOpen)
        try await latch.wait()
    }

    @Test("lets even a cancelled task pass after it was opened")
    func openedBeforeCancellation() async throws {
        latch.open()
        let task = Task(executorPreference: executor) { [latch] in try await latch.wait() }
        task.cancel()
        executor.runUntilIdle()
        try await task.value
    }

    @Test("wakes exactly the waiter that is cancelled")
    func cancelsOne() async throws {
        let tasks = (0..<3).map { _ in Task(executorPreference: executor) { [latch] in try await latch.wait() } }
        executor.runUntilIdle()
        tasks[1].cancel()
        executor.runUntilIdle()
        await #expect(throws: CancellationError.self) { try await tasks[1].value }
        #expect(!latch.isOpen)
        latch.open()
        executor.runUntilIdle()
        try await tasks[0].value
        try await tasks[2].value
    }

    @Test("does not let a cancelled task wait")
    func cancelledBefore() async throws {
        let task = Task(executorPreference: executor) { [latch] in try await latch.wait() }
        task.cancel()
        executor.runUntilIdle()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("loses no waiter while it is opened and others are cancelled")
    func races() async {
        for seed in 1...200 {
            let latch = Latch()
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        let task = Task { try await latch.wait() }
                        if (number + seed).isMultiple(of: 3) { task.cancel() }
                        _ = await task.result
                    }
                }
                group.addTask { latch.open() }
            }
        }
    }
}
