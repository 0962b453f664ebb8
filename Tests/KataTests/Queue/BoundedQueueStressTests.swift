import KataTestSupport
import Testing

@testable import Kata

@Suite("The bounded queue under load", .timeLimit(.minutes(10)))
struct BoundedQueueStressTests {
    @Test("passes 100,000 elements from one producer to ten consumers, each once", arguments: [1, 50])
    func oneProducerTenConsumers(size: Int) async throws {
        let count = 100_000
        let queue = BoundedQueue<Int>.make(size: size)
        let taken = try await withThrowingTaskGroup(of: [Int].self) { group in
            group.addTask {
                for element in 0..<count { try await queue.input.put(element) }
                queue.input.finish()
                return []
            }
            for _ in 0..<10 {
                group.addTask {
                    var taken: [Int] = []
                    while let element = try await queue.output.next() { taken.append(element) }
                    return taken
                }
            }
            return try await group.reduce(into: [[Int]]()) { $0.append($1) }
        }
        #expect(taken.allSatisfy { $0 == $0.sorted() }, "each consumer sees the elements in order")
        #expect(taken.flatMap { $0 }.sorted() == Array(0..<count))
        #expect(queue.gauge.depth == 0)
    }

    @Test("passes what was accepted, each once, while waiters are cancelled at random", arguments: [1, 2, 7], 1...4)
    func randomCancellations(size: Int, seed: UInt64) async {
        let queue = BoundedQueue<Int>.make(size: size)
        async let taken = Self.consume(from: queue.output, consumers: 8, seed: seed)
        let accepted = await Self.produce(on: queue.input, producers: 8, elements: 500, seed: seed)
        queue.input.finish()
        let (takenElements, cancelledTakes) = await taken
        #expect(takenElements.sorted() == accepted.elements.sorted())
        #expect(accepted.cancelled > 0, "no put was cancelled, so this shows nothing")
        #expect(cancelledTakes > 0, "no take was cancelled, so this shows nothing")
    }

    /// Puts distinct elements, each from a task that may be cancelled at any moment.
    private static func produce(
        on input: BoundedQueue<Int>.Input, producers: Int, elements: Int, seed: UInt64
    ) async -> (elements: [Int], cancelled: Int) {
        await withTaskGroup(of: [Int?].self) { group in
            for producer in 0..<producers {
                group.addTask {
                    var generator = SeededGenerator(seed: seed * 100 + UInt64(producer))
                    var accepted: [Int?] = []
                    for index in 0..<elements {
                        let element = producer * elements + index
                        let put = Task { try await input.put(element) }
                        await Self.perhapsCancel(put, &generator)
                        accepted.append((try? await put.value).map { element })
                    }
                    return accepted
                }
            }
            return await group.reduce(into: (elements: [], cancelled: 0)) { sum, part in
                sum.elements += part.compactMap { $0 }
                sum.cancelled += part.count { $0 == nil }
            }
        }
    }

    /// Takes until the end, each element in a task that may be cancelled at any moment.
    private static func consume(
        from output: BoundedQueue<Int>.Output, consumers: Int, seed: UInt64
    ) async -> (elements: [Int], cancelled: Int) {
        await withTaskGroup(of: (elements: [Int], cancelled: Int).self) { group in
            for consumer in 0..<consumers {
                group.addTask {
                    var generator = SeededGenerator(seed: seed * 1_000 + UInt64(consumer))
                    var (elements, cancelled): ([Int], Int) = ([], 0)
                    while true {
                        let take = Task { try await output.next() }
                        await Self.perhapsCancel(take, &generator)
                        switch await take.result {
                        case .success(let element?): elements.append(element)
                        case .success(nil): return (elements, cancelled)
                        case .failure: cancelled += 1
                        }
                    }
                }
            }
            return await group.reduce(into: (elements: [], cancelled: 0)) { sum, part in
                sum.elements += part.elements
                sum.cancelled += part.cancelled
            }
        }
    }

    private static func perhapsCancel<Success>(
        _ task: Task<Success, any Error>, _ generator: inout SeededGenerator
    ) async {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: task.cancel()
        case 1...2:
            for _ in 0..<Int.random(in: 1...5, using: &generator) { await Task.yield() }
            task.cancel()
        default: break
        }
    }
}
