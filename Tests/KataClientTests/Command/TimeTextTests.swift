import Kata
import KataTestSupport
import Testing

@testable import kata_ctl

@Suite("A time for people")
struct TimeTextTests {
    private let utc = TimeText(isUTC: true)

    @Test("has its zone, and can be given to --at")
    func zone() throws {
        #expect(utc.text("2026-01-31T23:59:59.999Z") == "2026-01-31 23:59:59Z")
        #expect(utc.text("2026-01-31T23:59:59.999Z", milliseconds: true) == "2026-01-31 23:59:59.999Z")
        // Whatever the zone of this machine is, it is the same moment.
        for text in ["2026-01-31T23:59:59.000Z", "2026-07-31T00:00:00.000Z", "1969-12-31T12:00:00.000Z"] {
            let moment = try #require(Timestamp(iso8601: text))
            let local = TimeText(isUTC: false).text(text)
            #expect(Timestamp(iso8601: local) == moment, "\(local)")
        }
        #expect(utc.text("soon") == "soon")
        #expect(
            utc.replacingTimes(in: "it waits until 2026-01-31T23:59:59.999Z; it failed")
                == "it waits until 2026-01-31 23:59:59Z; it failed")
    }

    @Test("has no date if it is today's")
    func short() throws {
        let now = try #require(Timestamp(iso8601: "2026-01-31T12:00:00Z"))
        #expect(utc.shortText("2026-01-31T23:59:59.999Z", now: now) == "23:59:59")
        #expect(utc.shortText("2026-02-01T00:00:00.000Z", now: now) == "2026-02-01 00:00")
    }

    @Test(
        "that something took is short",
        arguments: [
            (0, "0ms"), (0.35, "350ms"), (0.9996, "1.0s"), (1.25, "1.2s"), (9.99, "9.9s"), (12.9, "12s"), (60, "1m"),
            (192, "3m12s"), (7_500, "2h5m"), (273_600, "3d4h"), (-5, "0ms"),
        ] as [(Double, String)])
    func duration(seconds: Double, text: String) {
        #expect(ShortDuration.text(seconds) == text)
    }

    @Test(
        "that something has been there is in whole seconds",
        arguments: [(0.9, "0s"), (59.9, "59s"), (3_600, "1h")] as [(Double, String)])
    func age(seconds: Double, text: String) {
        #expect(ShortDuration.age(seconds) == text)
    }
}
