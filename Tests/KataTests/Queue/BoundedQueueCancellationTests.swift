import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("Cancellation at the bounded queue", .timeLimit(.minutes(10)))
struct BoundedQueueCancellationTests {
    private let executor = StepExecutor()

    @Test("removes exactly the putter that was cancelled, and its element does not get in")
    func cancelsPutter() async throws {
        let queue = BoundedQueue<Int>.make(size: 1)
        let puts = (0...3).map { element in
            Task(executorPreference: executor) { try await queue.input.put(element) }
        }
        executor.runUntilIdle()
        puts[2].cancel()
        executor.runUntilIdle()
        let taken = takeAll(from: queue.output)
        executor.runUntilIdle()
        queue.input.finish()
        executor.runUntilIdle()

        try await #expect(taken.value == [0, 1, 3])
        await #expect(throws: CancellationError.self) { try await puts[2].value }
        for put in [puts[0], puts[1], puts[3]] { try await put.value }
    }

    @Test("removes exactly the taker that was cancelled, and no element is lost by that")
    func cancelsTaker() async throws {
        let queue = BoundedQueue<Int>.make(size: 1)
        let takers = (0...3).map { _ in
            Task(executorPreference: executor) { try await queue.output.next() }
        }
        executor.runUntilIdle()
        takers[1].cancel()
        executor.runUntilIdle()
        let producer = Task(executorPreference: executor) {
            for element in 10...12 { try await queue.input.put(element) }
        }
        executor.runUntilIdle()

        try await producer.value
        await #expect(throws: CancellationError.self) { try await takers[1].value }
        try await #expect(takers[0].value == 10)
        try await #expect(takers[2].value == 11)
        try await #expect(takers[3].value == 12)
    }

    @Test("refuses to let a cancelled task wait for room")
    func cancelledBeforePut() async throws {
        let queue = BoundedQueue<Int>.make(size: 1)
        try await queue.input.put(0)
        let put = Task(executorPreference: executor) { try await queue.input.put(1) }
        put.cancel()
        executor.runUntilIdle()
        await #expect(throws: CancellationError.self) { try await put.value }
        queue.input.finish()
        try await #expect(queue.output.next() == 0)
        try await #expect(queue.output.next() == nil)
    }

    @Test("refuses to let a cancelled task wait for an element")
    func cancelledBeforeNext() async throws {
        let queue = BoundedQueue<Int>.make(size: 1)
        let next = Task(executorPreference: executor) { try await queue.output.next() }
        next.cancel()
        executor.runUntilIdle()
        await #expect(throws: CancellationError.self) { try await next.value }
        try await queue.input.put(7)
        #expect(queue.gauge.depth == 1, "nobody waits for it any more")
    }

    @Test("does not undo what was handed over before it")
    func cancelledAfterHandOver() async throws {
        let queue = BoundedQueue<Int>.make(size: 1)
        let next = Task(executorPreference: executor) { try await queue.output.next() }
        executor.runUntilIdle()
        try await queue.input.put(7)
        // The element is its own already, though the task has not gone on yet.
        next.cancel()
        executor.runUntilIdle()
        try await #expect(next.value == 7)
    }

    @Test("does not undo a put that was admitted before it")
    func cancelledAfterAdmission() async throws {
        let queue = BoundedQueue<Int>.make(size: 1)
        try await queue.input.put(0)
        let put = Task(executorPreference: executor) { try await queue.input.put(1) }
        executor.runUntilIdle()
        try await #expect(queue.output.next() == 0)
        put.cancel()
        executor.runUntilIdle()
        try await put.value
        try await #expect(queue.output.next() == 1)
    }

    @Test("of everyone who waits leaves the queue as good as new")
    func cancelsEveryone() async throws {
        let queue = BoundedQueue<Int>.make(size: 2)
        let takers = (0..<100).map { _ in Task(executorPreference: executor) { try await queue.output.next() } }
        executor.runUntilIdle()
        for taker in takers.shuffled() { taker.cancel() }
        executor.runUntilIdle()
        for taker in takers {
            await #expect(throws: CancellationError.self) { try await taker.value }
        }
        try await queue.input.put(1)
        try await queue.input.put(2)
        try await #expect(queue.output.next() == 1)
        try await #expect(queue.output.next() == 2)
    }

    private func takeAll(from output: BoundedQueue<Int>.Output) -> Task<[Int], any Error> {
        Task(executorPreference: executor) {
            var taken: [Int] = []
            while let element = try await output.next() { taken.append(element) }
            return taken
        }
    }
}
