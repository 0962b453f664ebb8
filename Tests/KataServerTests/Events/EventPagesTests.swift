import Kata
import KataAPI
import KataTestSupport
import NIOCore
import NIOHTTP1
import Testing

@testable import KataServer

@Suite("A stream of events")
struct EventPagesTests {
    @Test(
        "is of what is asked for",
        arguments: [
            ("types=job", [true, false, false]), ("types=status,output", [false, true, true]),
            ("", [true, true, true]),
        ])
    func types(query: String, wanted: [Bool]) throws {
        let query = try EventQuery(request(query))
        #expect([query.kinds.contains(.job), query.kinds.contains(.output), query.wantsStatus] == wanted)
    }

    @Test("is not of what nobody knows", arguments: ["types=jobs", "types=", "types=job,", "job=0", "job=x", "job="])
    func bad(query: String) {
        #expect(throws: ProblemDocument.self) { try EventQuery(request(query)) }
    }

    @Test("passes on what belongs to a job or a pipeline")
    func filters() throws {
        let event = LiveEvent(number: 1, kind: .job, pipeline: "mail", job: 7, json: [])
        for (text, isWanted) in [
            ("", true), ("pipeline=mail", true), ("pipeline=other", false), ("job=7", true), ("job=8", false),
            ("types=status", false), ("types=output", false), ("pipeline=mail&job=7&types=job", true),
        ] {
            try #expect(EventQuery(request(text)).wants(event) == isWanted, "\(text)")
        }
    }

    @Test("has ids that say which daemon's they are")
    func marks() throws {
        #expect(EventMark("17-4711") == EventMark(daemon: 17, number: 4_711))
        #expect(EventMark(daemon: 17, number: 4_711).text == "17-4711")
        for text in ["", "17", "-", "17-", "a-1", "1-2-3"] { #expect(EventMark(text) == nil, "\(text)") }
        try #expect(EventQuery(request("", ["Last-Event-ID": "nonsense"])).lastEvent == .unknown)
        try #expect(EventQuery(request("")).lastEvent == nil)
    }

    @Test("begins with the status, and when to come back; a client of an earlier daemon is told of a gap")
    func beginning() async throws {
        let limit = ConnectionLimit(1, reserve: 0)
        let place = try #require(StreamPlace(in: limit))
        let query = try EventQuery(request("", ["Last-Event-ID": "1-5"]))
        var pages = EventPages(query, in: place, LiveEvents(), daemon: 2) { Array("{}".utf8) }
        let text = String(decoding: try #require(try await pages.next()), as: UTF8.self)
        #expect(text.hasPrefix("retry: 1000\n\nevent: gap\ndata: {\"reason\":\"events were left out here"))
        #expect(text.hasSuffix("id: 2-0\n\nevent: status\ndata: {}\n\n"), "it says where the client is: \(text)")
    }

    @Test("gives its place up, and has nothing kept, once its client is dropped")
    func dropping() async throws {
        let limit = ConnectionLimit(1, reserve: 0)
        let events = LiveEvents()
        let place = try #require(StreamPlace(in: limit))
        var pages = try EventPages(EventQuery(request("")), in: place, events, daemon: 1) { [] }
        #expect(events.areRead && StreamPlace(in: limit) == nil)
        _ = pages.farewell()
        #expect(StreamPlace(in: limit) != nil)
        var ofStatus = try EventPages(
            EventQuery(request("types=status")), in: try #require(StreamPlace(in: ConnectionLimit(1, reserve: 0))),
            LiveEvents(), daemon: 1
        ) { Array("{}".utf8) }
        let text = String(decoding: try #require(try await ofStatus.next()), as: UTF8.self)
        #expect(text == "retry: 1000\n\nevent: status\ndata: {}\n\n", "it wants no events, and has no place among them")
    }

    @Test("counts as long as it is there")
    func places() throws {
        let limit = ConnectionLimit(1, reserve: 0)
        var place = StreamPlace(in: limit)
        #expect(place != nil && StreamPlace(in: limit) == nil)
        place = nil
        #expect(StreamPlace(in: limit) != nil)
    }

    private func request(_ query: String, _ headers: HTTPHeaders = [:]) -> HTTPRequest {
        HTTPRequest(
            HTTPRequestHead(version: .http1_1, method: .GET, uri: "/v1/events?\(query)", headers: headers),
            body: .whole(ByteBuffer()))
    }
}
