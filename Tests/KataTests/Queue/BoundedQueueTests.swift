import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("The bounded queue", .timeLimit(.minutes(10)))
struct BoundedQueueTests {
    private let executor = StepExecutor()
    private let notes = Notes<String>()

    @Test("lets a putter wait while it is full")
    func putWaits() async throws {
        let queue = BoundedQueue<Int>.make(size: 2)
        for element in 0...2 { put(element, on: queue.input) }
        executor.runUntilIdle()
        #expect(notes.all == ["put 0", "put 1"])
        #expect(queue.gauge.depth == 2)
        take(1, from: queue.output)
        executor.runUntilIdle()
        #expect(notes.all.suffix(2).sorted() == ["put 2", "taker 1 took 0"])
        #expect(queue.gauge.depth == 2)
    }

    @Test("lets a taker wait while it is empty")
    func nextWaits() {
        let queue = BoundedQueue<Int>.make(size: 2)
        take(1, from: queue.output)
        executor.runUntilIdle()
        #expect(notes.all.isEmpty)
        put(7, on: queue.input)
        executor.runUntilIdle()
        #expect(notes.all.sorted() == ["put 7", "taker 1 took 7"])
        #expect(queue.gauge.depth == 0)
    }

    @Test("gives out its elements in the order in which they were put", arguments: [1, 2, 5, 100])
    func elementsInOrder(size: Int) {
        let queue = BoundedQueue<Int>.make(size: size)
        let task = Task(executorPreference: executor) {
            for element in 0..<50 { try await queue.input.put(element) }
            queue.input.finish()
        }
        Task(executorPreference: executor) { [notes] in
            while let element = try await queue.output.next() { notes.add("\(element)") }
            notes.add("end")
        }
        executor.runUntilIdle()
        #expect(notes.all == (0..<50).map(String.init) + ["end"])
        #expect(!task.isCancelled)
    }

    @Test("serves takers in the order in which they came")
    func takersInOrder() {
        let queue = BoundedQueue<Int>.make(size: 1)
        for taker in 1...5 { take(taker, from: queue.output) }
        executor.runUntilIdle()
        Task(executorPreference: executor) {
            for element in 10...14 { try await queue.input.put(element) }
        }
        executor.runUntilIdle()
        #expect(notes.all == (1...5).map { "taker \($0) took \($0 + 9)" })
    }

    @Test("admits putters in the order in which they came")
    func puttersInOrder() {
        let queue = BoundedQueue<Int>.make(size: 1)
        for element in 0...4 { put(element, on: queue.input) }
        executor.runUntilIdle()
        #expect(notes.all == ["put 0"])
        Task(executorPreference: executor) { [notes] in
            for _ in 0...4 { notes.add("took \(try await queue.output.next() ?? -1)") }
        }
        executor.runUntilIdle()
        #expect(notes.all.filter { $0.hasPrefix("put") } == (0...4).map { "put \($0)" })
        #expect(notes.all.filter { $0.hasPrefix("took") } == (0...4).map { "took \($0)" })
    }

    @Test("is as deep as it holds elements")
    func gauge() async throws {
        let queue = BoundedQueue<String>.make(size: 3)
        #expect(queue.gauge.size == 3)
        var depths = [queue.gauge.depth]
        for element in ["a", "b", "c"] {
            try await queue.input.put(element)
            depths.append(queue.gauge.depth)
        }
        _ = try await queue.output.next()
        depths.append(queue.gauge.depth)
        #expect(depths == [0, 1, 2, 3, 2])
    }

    private func put(_ element: Int, on input: BoundedQueue<Int>.Input) {
        Task(executorPreference: executor) { [notes] in
            do {
                try await input.put(element)
                notes.add("put \(element)")
            } catch {
                notes.add("put \(element): \(error)")
            }
        }
    }

    private func take(_ taker: Int, from output: BoundedQueue<Int>.Output) {
        Task(executorPreference: executor) { [notes] in
            let element = try await output.next()
            notes.add("taker \(taker) took \(element.map(String.init) ?? "the end")")
        }
    }
}
