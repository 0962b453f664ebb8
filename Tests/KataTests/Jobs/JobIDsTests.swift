import Kata
import Testing

@Suite("Ids of jobs")
struct JobIDsTests {
    @Test("are kept in order, those in a row as one range")
    func ranges() {
        var ids = JobIDs([3, 4, 5, 7, 6])
        #expect(ids.ranges == [3...5, 7...7, 6...6])
        ids.append(7...9)
        #expect(ids.ranges == [3...5, 7...7, 6...9])
        #expect(Array(ids) == [3, 4, 5, 7, 6, 7, 8, 9])
        #expect(ids.count == 8)
    }

    @Test("may be none, or the last that there can be")
    func bounds() {
        #expect(Array(JobIDs()) == [] && JobIDs().count == 0)
        var ids: JobIDs = [.max]
        ids.append(1...1)
        #expect(Array(ids) == [.max, 1])
    }
}
