import Kata
import KataAPI
import KataTestSupport
import NIOCore
import NIOHTTP1
import Testing

@testable import KataServer

@Suite("A time in a query")
struct QueryTimeTests {
    @Test(
        "is one with an offset, whose plus may be encoded or not, or how long ago it was",
        arguments: [
            ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"),
            ("2026-01-31T12:00:00%2B01:00", "2026-01-31T11:00:00Z"),
            ("2026-01-31T12:00:00+01:00", "2026-01-31T11:00:00Z"),
            ("2026-01-31T12:00:00-01:00", "2026-01-31T13:00:00Z"),
        ])
    func time(text: String, expected: String) throws {
        let time = try #require(Timestamp(iso8601: expected))
        #expect(try request("since=\(text)").time("since") == time)
        #expect(try request("since=10m").time("since", now: time) == time.advanced(by: .seconds(-600)))
        #expect(try request("until=\(text)").time("since") == nil)
    }

    @Test("is nothing else", arguments: ["yesterday", "", "12", "2026-01-31"])
    func refusal(text: String) {
        #expect(throws: ProblemDocument.self) { try request("since=\(text)").time("since") }
    }

    private func request(_ query: String) -> HTTPRequest {
        HTTPRequest(
            HTTPRequestHead(version: .http1_1, method: .GET, uri: "/v1/jobs?\(query)"), body: .whole(ByteBuffer()))
    }
}
