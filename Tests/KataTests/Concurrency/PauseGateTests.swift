import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A pause gate", .timeLimit(.minutes(10)))
struct PauseGateTests {
    private let executor = StepExecutor()

    @Test("lets everyone pass while it is open")
    func open() async throws {
        let gate = PauseGate()
        #expect(!gate.isShut)
        try await #expect(gate.pass())
        #expect(!gate.open(), "it was open")
    }

    @Test("holds everyone back while it is shut", arguments: [true, false])
    func shut(fromTheStart: Bool) async throws {
        let gate = PauseGate(isShut: fromTheStart)
        #expect(gate.shut() == !fromTheStart)
        #expect(gate.isShut)
        #expect(!gate.shut(), "it was shut")
        let passed = Notes<Bool>()
        let tasks = (0..<10).map { _ in passer(gate, passed) }
        #expect(passed.all.isEmpty)
        #expect(gate.open())
        executor.runUntilIdle()
        #expect(passed.all == Array(repeating: true, count: 10))
        for task in tasks { try await task.value }
        #expect(!gate.isShut)
    }

    @Test("can be shut and opened again")
    func again() async throws {
        let gate = PauseGate()
        for _ in 1...3 {
            #expect(gate.shut())
            let passed = Notes<Bool>()
            let task = passer(gate, passed)
            #expect(passed.all.isEmpty)
            #expect(gate.open())
            executor.runUntilIdle()
            try await task.value
        }
    }

    @Test("holds back those who were let go and have not passed yet, if it is shut again before")
    func shutAgain() async throws {
        let gate = PauseGate(isShut: true)
        let passed = Notes<Bool>()
        let task = passer(gate, passed)
        gate.open()
        gate.shut()
        executor.runUntilIdle()
        #expect(passed.all.isEmpty)
        gate.open()
        executor.runUntilIdle()
        #expect(passed.all == [true])
        try await task.value
    }

    @Test("tells those who wait when it is closed, and everyone after that")
    func closedWhileShut() async throws {
        let gate = PauseGate(isShut: true)
        let passed = Notes<Bool>()
        let task = passer(gate, passed)
        gate.close()
        executor.runUntilIdle()
        #expect(passed.all == [false])
        try await task.value
        try await #expect(!gate.pass())
        #expect(gate.isShut)
        #expect(!gate.open(), "it is closed for good")
        try await #expect(!gate.pass())
        gate.close()
        #expect(gate.isShut)
    }

    @Test("lets everyone pass if it is closed while it is open")
    func closedWhileOpen() async throws {
        let gate = PauseGate()
        gate.close()
        try await #expect(gate.pass())
        #expect(!gate.isShut)
        #expect(!gate.shut(), "there is nothing more to hold back")
        try await #expect(gate.pass())
    }

    @Test("lets go of a task that is cancelled, and of no other")
    func cancelled() async throws {
        let gate = PauseGate(isShut: true)
        let passed = Notes<Bool>()
        let tasks = (0..<3).map { _ in passer(gate, passed) }
        tasks[1].cancel()
        executor.runUntilIdle()
        await #expect(throws: CancellationError.self) { try await tasks[1].value }
        #expect(passed.all.isEmpty)
        gate.open()
        executor.runUntilIdle()
        #expect(passed.all == [true, true])
        for task in [tasks[0], tasks[2]] { try await task.value }
    }

    private func passer(_ gate: PauseGate, _ passed: Notes<Bool>) -> Task<Void, any Error> {
        let task = Task(executorPreference: executor) { passed.add(try await gate.pass()) }
        executor.runUntilIdle()
        return task
    }
}
