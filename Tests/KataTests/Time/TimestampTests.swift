import Testing

@testable import Kata

@Suite("Times as text")
struct TimestampTests {
    @Test(
        "are ISO 8601 in UTC with milliseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_769_903_999_999, "2026-01-31T23:59:59.999Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_005, "2000-02-29T00:00:00.005Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)]
    )
    func iso8601(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).iso8601 == text)
    }

    @Test(
        "are seconds with milliseconds for durations",
        arguments: [
            (Duration.zero, "0.000"), (.milliseconds(1_094), "1.094"), (.microseconds(1_500), "0.002"),
            (.microseconds(1_499), "0.001"), (.milliseconds(999) + .microseconds(600), "1.000"),
            (.seconds(3_600), "3600.000"),
        ]
    )
    func formattedSeconds(duration: Duration, text: String) {
        #expect(duration.formattedSeconds == text)
    }

    @Test("are in order")
    func order() {
        #expect(Timestamp(milliseconds: -1) < Timestamp(milliseconds: 0))
        #expect(Timestamp.now() > .init(milliseconds: 1_700_000_000_000))
    }

    @Test("of a stopwatch never span less than what it measured")
    func stopwatch() async throws {
        for _ in 0..<50 {
            let stopwatch = Stopwatch(Runtime())
            try await PreciseClock().sleep(for: .milliseconds(3))
            let span = stopwatch.finishedAt(PreciseClock().now).milliseconds - stopwatch.startedAt.milliseconds
            #expect(span >= 3)
        }
    }
}
