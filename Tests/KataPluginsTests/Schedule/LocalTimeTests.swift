import Kata
import Testing

@testable import KataPlugins

@Suite("The local time of a zone")
struct LocalTimeTests {
    @Test("is there for the names of zones only")
    func names() {
        for name in ["UTC", "Europe/Berlin", "Asia/Kolkata"] { #expect(LocalTime(zone: name) != nil) }
        for name in ["", "Europe/Atlantis", "../etc/passwd", "Europe"] { #expect(LocalTime(zone: name) == nil) }
    }

    @Test(
        "tells the local day",
        arguments: [
            ("UTC", "1969-12-31T23:59:59.999Z", -1), ("UTC", "1970-01-01T00:00:00Z", 0),
            ("Asia/Kolkata", "1970-01-01T18:29:59.999Z", 0), ("Asia/Kolkata", "1970-01-01T18:30:00Z", 1),
            ("America/New_York", "1970-01-01T04:59:59Z", -1), ("America/New_York", "1970-01-01T05:00:00Z", 0),
        ])
    func localDay(zone: String, time: String, day: Int) throws {
        #expect(try #require(LocalTime(zone: zone)).localDay(of: .at(time)) == day)
    }

    @Test(
        "tells when the clock shows a time: once, twice, or as if it had not been changed",
        arguments: [
            ("UTC", "2026-03-29T02:30:00Z", ["2026-03-29T02:30:00Z"]),
            ("Asia/Kolkata", "2026-03-29T02:30:00Z", ["2026-03-28T21:00:00Z"]),
            ("Europe/Berlin", "2026-03-29T01:59:59Z", ["2026-03-29T00:59:59Z"]),
            ("Europe/Berlin", "2026-03-29T02:00:00Z", ["2026-03-29T01:00:00Z"]),
            ("Europe/Berlin", "2026-03-29T02:30:00Z", ["2026-03-29T01:30:00Z"]),
            ("Europe/Berlin", "2026-03-29T03:00:00Z", ["2026-03-29T01:00:00Z"]),
            ("Europe/Berlin", "2026-10-25T01:59:59Z", ["2026-10-24T23:59:59Z"]),
            ("Europe/Berlin", "2026-10-25T02:00:00Z", ["2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"]),
            ("Europe/Berlin", "2026-10-25T03:00:00Z", ["2026-10-25T02:00:00Z"]),
            ("Australia/Lord_Howe", "2026-04-05T01:30:00Z", ["2026-04-04T14:30:00Z", "2026-04-04T15:00:00Z"]),
            // A day that Samoa left out.
            ("Pacific/Apia", "2011-12-30T12:00:00Z", ["2011-12-30T22:00:00Z"]),
        ])
    func instants(zone: String, local: String, expected: [String]) throws {
        let seconds = Int(Timestamp.at(local).milliseconds / 1_000)
        let instants = try #require(LocalTime(zone: zone)).instants(localSeconds: seconds)
        #expect(instants == expected.map(Timestamp.at))
    }
}
