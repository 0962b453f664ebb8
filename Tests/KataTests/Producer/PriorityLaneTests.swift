import KataTestSupport
import Testing

@testable import Kata

@Suite("A feed's lane")
struct PriorityLaneTests {
    @Test("gives its jobs in order, and is empty then")
    func inOrder() {
        var lane = lane([3, 5, 9])
        #expect(!lane.isEmpty)
        #expect(lane.lastRead == 9)
        #expect(lane.head == 3)
        #expect(drain(&lane) == [3, 5, 9])
        #expect(lane.isEmpty)
        #expect(lane.head == nil)
        #expect(lane.lastRead == 9)
    }

    @Test("is dry once nothing more was read, and keeps its place")
    func dry() {
        var lane = lane([3])
        #expect(!lane.isDry)
        lane.add([])
        #expect(lane.isDry)
        #expect(lane.lastRead == 3)
        #expect(drain(&lane) == [3], "what it has is still given")
    }

    @Test("gives a job that came back before those with larger ids")
    func takesBack() {
        var lane = lane([1, 4, 5, 9])
        for id in [1, 4, 5] as [Job.ID] { #expect(lane.next()?.id == id) }
        for id in [5, 1] as [Job.ID] { lane.takeBack(job(id, attempt: 2)) }
        #expect(lane.head == 1)
        #expect(drain(&lane) == [1, 5, 9])
        lane.takeBack(job(4, attempt: 3))
        #expect(!lane.isEmpty)
        #expect(lane.next() == job(4, attempt: 3), "it is at its new attempt")
    }

    @Test("leaves a job that comes after what was read for the next reading")
    func takesBackUnread() {
        var lane = lane([1, 4])
        lane.add([])
        lane.takeBack(job(5))
        #expect(!lane.isDry)
        #expect(drain(&lane) == [1, 4])
        lane.add([job(5), job(6)])
        #expect(drain(&lane) == [5, 6])
    }

    @Test("gives a job that arrives when nothing is left to read, and does not read it again")
    func arrival() {
        var lane = lane([3])
        lane.add([])
        lane.arrived(job(5))
        lane.arrived(job(6))
        #expect(lane.isDry && lane.lastRead == 6)
        lane.arrived(job(5))
        #expect(drain(&lane) == [3, 5, 6], "each once")
        lane.takeBack(job(5, attempt: 2))
        #expect(drain(&lane) == [5])
    }

    @Test("leaves a job that arrives behind unread ones for the next reading")
    func arrivalBehindUnread() {
        var lane = lane([3])
        lane.arrived(job(9))
        #expect(!lane.isDry && lane.lastRead == 3)
        #expect(drain(&lane) == [3])
    }

    @Test("holds no more arrivals than it would read at a time", arguments: [(1, 1_000), (1 << 18, 4)])
    func manyArrivals(size: Int, count: Int) {
        var lane = PriorityLane(priority: 0, isDry: true)
        let item = String(repeating: "x", count: size)
        // One is given out for ten that arrive.
        for id in 1...Job.ID(3 * count) {
            lane.arrived(Job(id: id, runID: 1, item: item))
            if id % 10 == 0 { _ = lane.next() }
        }
        #expect(!lane.isDry)
        let rest = drain(&lane)
        #expect(rest.count <= count && rest.count > count / 2)
        #expect(rest.last == lane.lastRead, "the next is read from there on")
        lane.add([])
        lane.arrived(job(99_999))
        #expect(drain(&lane) == [99_999], "there is room again")
    }

    @Test("leaves out jobs that are not to be given out, and says which of them it had")
    func removes() {
        var lane = lane([1, 2, 3, 4, 5])
        for _ in 1...3 { _ = lane.next() }
        lane.takeBack(job(2, attempt: 2))
        // 1 and 3 were given out, 2 came back, 4 was read, 9 was not.
        let cancelled = JobAttempts([(1, 1), (2, 1), (2, 2), (4, 1), (9, 1)])
        #expect(lane.remove(where: cancelled.contains).map(\.id).sorted() == [2, 4])
        #expect(drain(&lane) == [5])
        #expect(lane.remove { $0.id == 3 } == [])
    }

    @Test("keeps a job that was cancelled at an attempt before the one that it is at")
    func keepsLater() {
        var lane = lane([1])
        _ = lane.next()
        lane.takeBack(job(1, attempt: 2))
        #expect(lane.remove(where: JobAttempts([(1, 1)]).contains) == [])
        #expect(drain(&lane) == [1])
    }

    @Test("gives any jobs in the order of their ids, whichever of them come back")
    func randomised() {
        for seed in 1...50 {
            var generator = SeededGenerator(seed: UInt64(seed))
            var lane = PriorityLane(priority: 0, isDry: false)
            var unread = (1...60).map { Job.ID($0) }
            var inside: Set<Job.ID> = []
            var outside: Set<Job.ID> = []
            for _ in 0..<300 {
                switch Int.random(in: 0..<3, using: &generator) {
                case 0:
                    let batch = unread.prefix(Int.random(in: 1...5, using: &generator))
                    unread.removeFirst(batch.count)
                    inside.formUnion(batch)
                    lane.add(batch.map { job($0) })
                case 1:
                    let next = lane.next()?.id
                    #expect(next == inside.min(), "seed \(seed)")
                    if let next {
                        inside.remove(next)
                        outside.insert(next)
                    }
                default:
                    guard let id = outside.sorted().randomElement(using: &generator) else { continue }
                    lane.takeBack(job(id, attempt: 2))
                    outside.remove(id)
                    inside.insert(id)
                }
                #expect(lane.head == inside.min(), "seed \(seed)")
                #expect(lane.isEmpty == inside.isEmpty)
            }
        }
    }

    private func job(_ id: Job.ID, attempt: Int = 1) -> Job {
        Job(id: id, runID: 1, item: "\(id)", attempt: attempt)
    }

    private func lane(_ ids: [Job.ID]) -> PriorityLane {
        var lane = PriorityLane(priority: 0, isDry: false)
        lane.add(ids.map { job($0) })
        return lane
    }

    private func drain(_ lane: inout PriorityLane) -> [Job.ID] {
        var ids: [Job.ID] = []
        while let job = lane.next() { ids.append(job.id) }
        return ids
    }
}
