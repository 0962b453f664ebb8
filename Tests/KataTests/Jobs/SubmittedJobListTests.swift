import KataTestSupport
import Testing

@testable import Kata

@Suite("A list of submitted jobs as text")
struct SubmittedJobListTests {
    @Test(
        "is short",
        arguments: [
            ([], ""), ([1], "1"), ([1, 2], "1-2"), ([3, 4, 5, 6, 7], "3-7"), ([3, 5, 7], "3,5,7"),
            ([3, 4, 6, 7, 9], "3-4,6-7,9"), ([5, 4, 3], "5,4,3"), ([7, 7, 7], "7,7,7"), ([2, 3, 2, 3], "2-3,2-3"),
            ([Int64.max - 1, .max], "9223372036854775806-9223372036854775807"),
        ] as [([Int64], String)])
    func text(ids: [Int64], text: String) {
        #expect(list(ids).text == text)
        #expect(SubmittedJobList(text: text).jobs == list(ids).jobs)
    }

    @Test("tells jobs that were there before from new ones")
    func duplicates() {
        let jobs =
            list([3, 4, 5]).jobs + duplicates([6, 7, 6]) + list([6, 8]).jobs + duplicates([9]) + list([10]).jobs
        let text = SubmittedJobList(jobs: jobs).text
        #expect(text == "3-5,(6),(7),(6),6,8,(9),10")
        #expect(SubmittedJobList(text: text).jobs == jobs)
    }

    @Test("comes back as it was", arguments: 1...200)
    func roundTrip(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var id: Int64 = 1
        let jobs = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: id = Int64.random(in: 1...100, using: &generator)
            case 1: id += 2
            default: id += 1
            }
            return SubmittedJob(id: id, isDuplicate: Int.random(in: 0..<4, using: &generator) == 0)
        }
        #expect(SubmittedJobList(text: SubmittedJobList(jobs: jobs).text).jobs == jobs)
    }

    @Test("keeps 10,000 jobs in a few characters")
    func many() {
        #expect(list((1...10_000).map { $0 + 1_000_000 }).text == "1000001-1010000")
    }

    private func list(_ ids: [Int64]) -> SubmittedJobList {
        SubmittedJobList(jobs: ids.map { SubmittedJob(id: $0) })
    }

    private func duplicates(_ ids: [Int64]) -> [SubmittedJob] {
        ids.map { SubmittedJob(id: $0, isDuplicate: true) }
    }
}
