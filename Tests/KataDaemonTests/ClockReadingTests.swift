import Testing

@testable import KataDaemon

@Suite("The clocks")
struct ClockReadingTests {
    private let start = ClockReading(civil: 1_800_000_000_000_000_000, boot: 5_000_000_000, running: 4_000_000_000)

    @Test(
        "tell a step and a suspension from time that passes",
        arguments: [
            (10, 10, 10, 0, 0), (11, 10, 10, 0, 0), (3_610, 10, 10, 3_600, 0), (-3_590, 10, 10, -3_600, 0),
            (3_610, 3_610, 10, 0, 3_600), (7_210, 3_610, 10, 3_600, 3_600),
        ])
    func change(civil: Int64, boot: Int64, running: Int64, step: Int64, suspended: Int64) {
        var later = start
        later.civil += civil * 1_000_000_000
        later.boot += boot * 1_000_000_000
        later.running += running * 1_000_000_000
        #expect(
            later.change(since: start)
                == ClockReading.Change(step: .seconds(step), suspended: .seconds(suspended)))
    }
}
