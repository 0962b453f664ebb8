import KataTestSupport
import Testing

@testable import Kata

@Suite("Cancelled jobs")
struct CancelledJobsTests {
    private let cancelled = CancelledJobs()

    @Test("are found once")
    func once() {
        #expect(!cancelled.take(job(1)))
        cancelled.add(1, attempt: 1)
        #expect(!cancelled.take(job(2)))
        #expect(cancelled.take(job(1)))
        #expect(!cancelled.take(job(1)))
    }

    @Test("are not there any more once they were removed")
    func removed() {
        for id in 1...4 { cancelled.add(Job.ID(id), attempt: 1) }
        cancelled.remove(JobAttempts([(1, 1), (2, 2), (3, 1), (9, 1)]))
        #expect((1...4).map { cancelled.take(job(Job.ID($0))) } == [false, true, false, true])
    }

    @Test("are attempts: a later one at the same job is to be done")
    func attempts() {
        cancelled.add(1, attempt: 2)
        #expect(!cancelled.take(job(1, attempt: 3)))
        cancelled.add(2, attempt: 2)
        #expect(cancelled.take(job(2, attempt: 2)))
        #expect(!cancelled.take(job(2, attempt: 2)))
    }

    @Test("are told apart if several attempts at a job were cancelled")
    func severalAttempts() {
        for attempt in 1...3 { cancelled.add(1, attempt: attempt) }
        for attempt in 1...3 { #expect(cancelled.take(job(1, attempt: attempt)), "attempt \(attempt)") }
        #expect(!cancelled.take(job(1, attempt: 3)))
    }

    @Test("are found by exactly one of many who ask at once")
    func concurrently() async {
        let count = 2_000
        let found = await withTaskGroup(of: Int.self) { group in
            group.addTask { [cancelled] in
                for id in 1...count { cancelled.add(Job.ID(id), attempt: 1) }
                return 0
            }
            for _ in 0..<4 {
                group.addTask { [cancelled] in (1...count).count { cancelled.take(job(Job.ID($0))) } }
            }
            return await group.reduce(0, +)
        }
        let left = (1...count).count { cancelled.take(job(Job.ID($0))) }
        #expect(found + left == count)
    }

    private func job(_ id: Job.ID, attempt: Int = 1) -> Job {
        Job(id: id, runID: 1, item: "x", attempt: attempt)
    }
}
