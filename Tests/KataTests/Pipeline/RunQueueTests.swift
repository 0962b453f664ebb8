import KataTestSupport
import Testing

@testable import Kata

@Suite("The queue of runs", .timeLimit(.minutes(10)))
struct RunQueueTests {
    private let queue = RunQueue()

    @Test("gives each run once, in the order in which they came")
    func eachOnce() async {
        for run in [3, 1, 3, 2, 1] as [Run.ID] { queue.add(run) }
        queue.finish()
        await #expect(rest() == [3, 1, 2])
    }

    @Test("gives a run again only after work on it has ended, if it was added meanwhile")
    func workedOn() async {
        queue.add(1)
        var iterator = queue.makeAsyncIterator()
        await #expect(iterator.next() == 1)
        queue.begin(1)
        queue.add(1)
        queue.add(1)
        queue.add(2)
        await #expect(iterator.next() == 2)
        queue.end(1)
        await #expect(iterator.next() == 1)
        queue.begin(1)
        queue.end(1)
        queue.finish()
        await #expect(iterator.next() == nil)
    }

    @Test("takes no more once it is finished, and gives what it has")
    func finished() async {
        queue.add(1)
        queue.finish()
        queue.add(2)
        await #expect(rest() == [1])
    }

    @Test("lets its reader wait for a run")
    func waits() async {
        async let runs = rest()
        for run in 1...100 { queue.add(Run.ID(run)) }
        queue.finish()
        await #expect(runs == (1...100).map { Run.ID($0) })
    }

    private func rest() async -> [Run.ID] {
        var runs: [Run.ID] = []
        for await run in queue { runs.append(run) }
        return runs
    }
}
