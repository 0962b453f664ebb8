import KataTestSupport
import Testing

@testable import Kata

@Suite("A signal", .timeLimit(.minutes(1)))
struct SignalTests {
    private let executor = StepExecutor()
    private let signal = Signal()

    @Test("lets everyone wait until it fires")
    func wakesEveryone() async throws {
        let woken = Notes<Int>()
        let tasks = (0..<100).map { number in
            Task(executorPreference: executor) { [signal] in
                try await signal.wait()
                woken.add(number)
            }
        }
        executor.runUntilIdle()
        #expect(woken.all.isEmpty)
        #expect(!signal.hasFired)
        signal.fire()
        executor.runUntilIdle()
        #expect(woken.all.sorted() == Array(0..<100))
        for task in tasks { try await task.value }
    }

    @Test("lets everyone pass who comes after it fired, and may fire again")
    func firesOnce() async throws {
        signal.fire()
        signal.fire()
        #expect(signal.hasFired)
        try await signal.wait()
    }

    @Test("lets even a cancelled task pass after it fired")
    func firedBeforeCancellation() async throws {
        signal.fire()
        let task = Task(executorPreference: executor) { [signal] in try await signal.wait() }
        task.cancel()
        executor.runUntilIdle()
        try await task.value
    }

    @Test("wakes exactly the waiter that is cancelled")
    func cancelsOne() async throws {
        let tasks = (0..<3).map { _ in Task(executorPreference: executor) { [signal] in try await signal.wait() } }
        executor.runUntilIdle()
        tasks[1].cancel()
        executor.runUntilIdle()
        await #expect(throws: CancellationError.self) { try await tasks[1].value }
        #expect(!signal.hasFired)
        signal.fire()
        executor.runUntilIdle()
        try await tasks[0].value
        try await tasks[2].value
    }

    @Test("does not let a cancelled task wait")
    func cancelledBefore() async throws {
        let task = Task(executorPreference: executor) { [signal] in try await signal.wait() }
        task.cancel()
        executor.runUntilIdle()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("loses no waiter while it fires and others are cancelled")
    func races() async {
        for seed in 1...200 {
            let signal = Signal()
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        let task = Task { try await signal.wait() }
                        if (number + seed).isMultiple(of: 3) { task.cancel() }
                        _ = await task.result
                    }
                }
                group.addTask { signal.fire() }
            }
        }
    }
}
