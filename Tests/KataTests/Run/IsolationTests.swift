import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("The isolation of suspects", .timeLimit(.minutes(10)))
struct IsolationTests {
    private let isolation = Isolation()
    private let executor = StepExecutor()
    private let entered = Notes<String>()

    @Test("lets others work side by side, and a suspect alone")
    func alone() {
        for name in ["a", "b"] { enter(name) }
        #expect(entered.all == ["a", "b"])
        enter("suspect", isSuspect: true)
        #expect(entered.all.count == 2)
        leave()
        #expect(entered.all.count == 2)
        leave()
        #expect(entered.all == ["a", "b", "suspect"])
        enter("c")
        #expect(entered.all.count == 3)
        leave()
        #expect(entered.all.last == "c")
    }

    @Test("lets them in as they came, so that a suspect's turn comes")
    func order() {
        enter("a")
        enter("suspect 1", isSuspect: true)
        enter("suspect 2", isSuspect: true)
        for name in ["b", "c"] { enter(name) }
        #expect(entered.all == ["a"], "nobody overtakes a suspect")
        for expected in [1, 2] {
            leave()
            #expect(entered.all.last == "suspect \(expected)")
        }
        leave()
        #expect(entered.all.suffix(2) == ["b", "c"])
    }

    @Test("lets a task that is cancelled leave the line, and those behind it move up")
    func cancelled() async {
        enter("a", isSuspect: true)
        let task = enter("suspect", isSuspect: true)
        for name in ["b", "c"] { enter(name) }
        task.cancel()
        executor.runUntilIdle()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(entered.all == ["a"])
        leave()
        #expect(entered.all == ["a", "b", "c"])
    }

    @Test("never has anybody beside a suspect, however many come")
    func stress() async throws {
        let everybody = Crowd()
        let company = Notes<Int>()
        try await withThrowingDiscardingTaskGroup { group in
            for task in 0..<16 {
                group.addTask { [isolation] in
                    for round in 0..<100 {
                        let isSuspect = (task + round) % 5 == 0
                        try await isolation.enter(isSuspect: isSuspect)
                        let atEntry = everybody.enter()
                        await Task.yield()
                        if isSuspect { company.add(max(atEntry, everybody.inside)) }
                        everybody.leave()
                        isolation.leave()
                    }
                }
            }
        }
        #expect(Set(company.all) == [1])
        #expect(company.all.count == 320)
        #expect(everybody.total == 1_600)
    }

    @discardableResult
    private func enter(_ name: String, isSuspect: Bool = false) -> Task<Void, any Error> {
        let task = Task(executorPreference: executor) { [isolation, entered] in
            try await isolation.enter(isSuspect: isSuspect)
            entered.add(name)
        }
        executor.runUntilIdle()
        return task
    }

    private func leave() {
        isolation.leave()
        executor.runUntilIdle()
    }
}
