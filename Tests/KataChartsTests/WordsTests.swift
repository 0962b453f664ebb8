import Testing

@testable import KataCharts

@Suite("Numbers on pages")
struct WordsTests {
    @Test(
        "are durations in two units at the most",
        arguments: [
            (0, "0 ms"), (0.1844, "184 ms"), (0.9996, "1.0 s"), (1.94, "1.9 s"), (12.7, "12 s"), (130, "2 min 10 s"),
            (3_900, "1 h 5 min"), (3_600, "1 h"), (273_600, "3 d 4 h"), (-5, "0 ms"), (.infinity, "11574074 d 1 h"),
        ] as [(Double, String)])
    func durations(seconds: Double, text: String) {
        #expect(Words.duration(seconds) == text)
    }

    @Test(
        "have commas between thousands",
        arguments: [
            (0, "0"), (999, "999"), (1_000, "1,000"), (48_394, "48,394"), (1_234_567, "1,234,567"), (-1_000, "-1,000"),
        ])
    func counts(number: Int, text: String) {
        #expect(Words.count(number) == text)
    }

    @Test(
        "are rates in the unit that gives one or more",
        arguments: [
            (2.14, "2.1/s"), (1_234.4, "1,234/s"), (0.5, "30/min"), (1 / 60, "1.0/min"), (0.001, "4/h"), (0, "0/h"),
        ] as [(Double, String)])
    func rates(perSecond: Double, text: String) {
        #expect(Words.rate(perSecond) == text)
    }

    @Test(
        "of an axis go in steps of 1, 2 and 5",
        arguments: [(0.09, 0.1), (0.1, 0.1), (0.11, 0.2), (3, 5), (0, 1), (70, 100)] as [(Double, Double)])
    func steps(value: Double, step: Double) {
        #expect(abs(nice(value) - step) < 1e-9)
    }
}
