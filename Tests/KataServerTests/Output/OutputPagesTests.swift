import Kata
import KataAPI
import KataTestSupport
import KataTesting
import NIOCore
import NIOHTTP1
import Testing

@testable import KataServer

@Suite("The output of a job over HTTP", .timeLimit(.minutes(10)))
struct OutputPagesTests {
    private let store = MemoryJobStore()

    @Test("is all that its attempts printed and kept, in their order")
    func attempts() async throws {
        let job = try await jobWithAttempts()
        try await #expect(show(job) == "out 1\nerr 1\nkept 1\nout 2\nkept 3\n")
        try await #expect(show(job, "attempt=1") == "out 1\nerr 1\nkept 1\n")
        try await #expect(show(job, "attempt=3") == "kept 3\n")
        try await #expect(show(job, "stream=err") == "err 1\n")
        let since = Timestamp.sample(after: .seconds(20)).iso8601
        try await #expect(show(job, "since=\(since)") == "out 2\nkept 3\n")
    }

    @Test("goes on behind each of its parts")
    func marks() async throws {
        let job = try await jobWithAttempts()
        let parts = try await objects(job)
        #expect(parts.compactMap(\.text).joined() == "out 1\nerr 1\nkept 1\nout 2\nkept 3\n")
        #expect(parts.compactMap(\.attempt) == [1, 1, 1, 2, 3])
        #expect(parts.last?.type == OutputDocument.end && parts.last?.state == "done")
        for (index, part) in parts.enumerated() {
            guard let mark = part.mark else { continue }
            let rest = try await objects(job, "after=\(mark)")
            #expect(rest == Array(parts[(index + 1)...]), "\(mark)")
        }
    }

    @Test("says what was left out")
    func gaps() async throws {
        let id = try await store.run("a", items: ["x"]).jobs[0].id
        let first = OutputPiece(stream: .out, position: 0, printedAt: .sampleStart, bytes: Array("begin".utf8))
        let last = OutputPiece(stream: .out, position: 105, printedAt: .sampleStart, bytes: Array("end\n".utf8))
        try store.save(id, [first, last], kept: 9, gap: 5..<105)
        try await #expect(show(id) == "begin\n[100 bytes left out]\nend\n")
        try await #expect(objects(id).map(\.bytes) == [nil, 100, nil, nil])
        // All of it went, because there was too much of the pipeline.
        let other = try await store.run("b", items: ["y"]).jobs[0].id
        try store.save(other, [], isOver: true)
        try await #expect(show(other) == "")
    }

    @Test("is followed until the job is finished, whatever it prints")
    func follow() async throws {
        let live = LiveOutputs()
        let job = try await store.run("a", items: ["x"]).jobs[0]
        let pages = try self.pages(job.id, "follow=true", live: live)
        let reader = Task {
            var pages = pages
            var bytes: [UInt8] = []
            while let page = try await pages.next() { bytes += page }
            return String(decoding: bytes, as: UTF8.self)
        }
        try store.save(
            job.id, [OutputPiece(stream: .out, position: 0, printedAt: .sampleStart, bytes: Array("one\n".utf8))],
            isOver: true, attemptStartedAt: .sampleStart)
        let completion = Completion(
            job: job, consumerID: "c1", outcome: .done, startedAt: .sampleStart, finishedAt: .sampleEnd,
            output: "kept\n")
        try #require(try store.transaction { try $0.completes(completion) })
        try await #expect(reader.value == "one\nkept\n")
    }

    @Test("of a job that there is not, or of an attempt, is none; nor are there parameters that mean nothing")
    func refusals() throws {
        for query in ["follow=yes", "attempt=0", "stream=both", "since=yesterday", "after=x", "after=1-", "after=1--2"]
        {
            #expect(throws: ProblemDocument.self, "\(query)") { try self.query(1, query) }
        }
        #expect(try query(1, "since=2026-01-31T12:00:00+01:00").since == query(1, "since=2026-01-31T11:00:00Z").since)
        #expect(try query(1, "since=10m").since == .sample(after: .seconds(-600)))
        #expect(
            try query(1, "after=17k-4").after == OutputMark(beganAt: .init(milliseconds: 17), isKept: true, position: 4)
        )
    }

    /// A job that is done after three attempts: the first prints and keeps, the second prints and keeps a copy of that, and the
    /// third only keeps.
    private func jobWithAttempts() async throws -> Job.ID {
        let run = try store.openRun()
        let id = try store.submit(NewJob(item: "x"), to: run)
        for attempt in 1...3 {
            let start = Timestamp.sample(after: .seconds(attempt * 10))
            if attempt < 3 {
                let pieces = ["out", "err"].prefix(attempt == 1 ? 2 : 1).enumerated().map { index, stream in
                    OutputPiece(
                        stream: .init(rawValue: stream) ?? .out, position: index * 6, printedAt: start,
                        bytes: Array("\(stream) \(attempt)\n".utf8))
                }
                try store.save(
                    id, pieces, attempt: attempt, isOver: true, holdsKept: attempt == 2, beganAt: start,
                    attemptStartedAt: start)
            }
            let completion = Completion(
                job: try await store.record(id).job, consumerID: "c1",
                outcome: attempt == 3 ? .done : .retry(reason: "no", at: start), startedAt: start,
                finishedAt: start.advanced(by: .seconds(5)), output: "kept \(attempt)\n")
            try #require(try store.transaction { try $0.completes(completion) })
            _ = try store.transaction { try $0.promote(run: run.id, dueBy: start, limit: 9) }
        }
        return id
    }

    private func show(_ job: Job.ID, _ parameters: String = "") async throws -> String {
        String(decoding: try await bytes(pages(job, parameters)), as: UTF8.self)
    }

    private func objects(_ job: Job.ID, _ parameters: String = "") async throws -> [OutputDocument] {
        let bytes = try await bytes(pages(job, parameters, "application/x-ndjson"))
        return try bytes.split(separator: UInt8(ascii: "\n")).map {
            try JSON.decode(OutputDocument.self, from: .init($0))
        }
    }

    private func bytes(_ pages: OutputPages) async throws -> [UInt8] {
        var pages = pages
        var bytes: [UInt8] = []
        while let page = try await pages.next() { bytes += page }
        #expect(pages.isAtEnd)
        return bytes
    }

    private func pages(
        _ job: Job.ID, _ parameters: String, _ type: String = "*/*", live: LiveOutputs = LiveOutputs()
    ) throws -> OutputPages {
        OutputPages(
            try query(job, parameters, type), records: store, live: live, clock: PreciseClock(), patience: .seconds(5))
    }

    private func query(_ job: Job.ID, _ parameters: String, _ type: String = "*/*") throws -> OutputQuery {
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "/v1/jobs/\(job)/output?\(parameters)", headers: ["Accept": type])
        var request = HTTPRequest(head, body: .whole(.init()))
        request.pathParameters = ["id": "\(job)"]
        return try OutputQuery(request, now: .sampleStart)
    }
}
