import KataTestSupport
import Testing

@testable import Kata

@Suite("What retention knows of the clock")
struct RetentionClockTests {
    private static let day = 86_400
    private static let years = 10 * 366 * day

    @Test(
        "is trusted as long as it goes on by no more than a day, and a day after it has jumped",
        arguments: [
            // What it shows, in seconds after the first look, and whether retention may go by it.
            ([0, 3_600, 7_200], [true, true, true]),
            ([0, day, 2 * day], [true, true, true]),
            ([0, -day, 0], [true, true, true]),
            // Ahead for a while, and set right.
            ([0, years, years + 3_600, 7_200], [true, false, false, true]),
            // Ahead, and nobody sets it right.
            ([0, years, years + day - 1, years + day, years + day + 1], [true, false, false, true, true]),
            // The daemon was away for a week, and is started once a day.
            ([0, 7 * day, 8 * day], [true, false, true]),
            // Back by years, and right again.
            ([0, -years, -years + 3_600, 7_200], [true, false, false, true]),
            // From one wrong time to another one before it.
            ([0, years, years / 2, years / 2 + 3_600, years / 2 + day], [true, false, false, false, true]),
        ])
    func looks(times: [Int], expected: [Bool]) {
        var clock = RetentionClock()
        let looks = times.map { time in
            switch clock.look(at: .sample(after: .seconds(time))) {
            case .trusted: true
            case .jumped, .waiting: false
            }
        }
        #expect(looks == expected)
    }

    @Test("tells a jump once, and by how much")
    func jump() {
        var clock = RetentionClock()
        #expect(clock.look(at: .sampleStart) == .trusted(hadJumped: false))
        #expect(clock.look(at: .sample(after: .seconds(Self.years))) == .jumped(.seconds(Self.years)))
        #expect(clock.look(at: .sample(after: .seconds(Self.years + 3_600))) == .waiting)
        #expect(clock.look(at: .sample(after: .seconds(7_200))) == .trusted(hadJumped: true))
        #expect(clock == RetentionClock(trusted: .sample(after: .seconds(7_200))))
    }
}
