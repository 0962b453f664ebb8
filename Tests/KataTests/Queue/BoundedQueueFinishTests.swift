import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("The end of the bounded queue", .timeLimit(.minutes(10)))
struct BoundedQueueFinishTests {
    private let executor = StepExecutor()

    @Test("comes after what is left, for every taker and for ever")
    func leftoverThenEnd() async throws {
        let queue = BoundedQueue<Int>.make(size: 3)
        for element in 0...2 { try await queue.input.put(element) }
        queue.input.finish()
        for element in 0...2 { try await #expect(queue.output.next() == element) }
        for _ in 0...2 { try await #expect(queue.output.next() == nil) }
    }

    @Test("wakes every taker that waits")
    func wakesTakers() async throws {
        let queue = BoundedQueue<Int>.make(size: 1)
        let takers = (0..<20).map { _ in Task(executorPreference: executor) { try await queue.output.next() } }
        executor.runUntilIdle()
        queue.input.finish()
        executor.runUntilIdle()
        for taker in takers { try await #expect(taker.value == nil) }
    }

    @Test("refuses the putters that wait, and their elements do not get in")
    func refusesWaitingPutters() async throws {
        let queue = BoundedQueue<Int>.make(size: 1)
        let puts = (0...2).map { element in
            Task(executorPreference: executor) { try await queue.input.put(element) }
        }
        executor.runUntilIdle()
        queue.input.finish()
        executor.runUntilIdle()
        try await puts[0].value
        for put in puts.dropFirst() {
            await #expect(throws: QueueFinished.self) { try await put.value }
        }
        try await #expect(queue.output.next() == 0)
        try await #expect(queue.output.next() == nil)
    }

    @Test("refuses whoever puts after it, even if there is room")
    func refusesLaterPut() async throws {
        let queue = BoundedQueue<Int>.make(size: 5)
        queue.input.finish()
        await #expect(throws: QueueFinished.self) { try await queue.input.put(1) }
        #expect(queue.gauge.depth == 0)
        try await #expect(queue.output.next() == nil)
    }

    @Test("may be said twice")
    func finishesTwice() async throws {
        let queue = BoundedQueue<Int>.make(size: 1)
        try await queue.input.put(1)
        queue.input.finish()
        queue.input.finish()
        try await #expect(queue.output.next() == 1)
        try await #expect(queue.output.next() == nil)
    }

    @Test("is seen by a cancelled task, which does not have to wait for it")
    func seenWhenCancelled() async throws {
        let queue = BoundedQueue<Int>.make(size: 1)
        try await queue.input.put(1)
        queue.input.finish()
        let takers = (0...1).map { _ in Task(executorPreference: executor) { try await queue.output.next() } }
        for taker in takers { taker.cancel() }
        executor.runUntilIdle()
        try await #expect(takers[0].value == 1)
        try await #expect(takers[1].value == nil)
    }
}
