import Foundation
import KataTestSupport
import Testing

/// A request that is repeated because nobody knows whether the first one got through.
@Suite("The idempotency key", .timeLimit(.minutes(10)))
struct IdempotencyTests {
    @Test("makes a repeated request give the same ids, and one job")
    func repeated() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let first = try await workplace.post("{\"item\": \"a\"}", key: "k")
            #expect(first.status == 201)
            #expect(first.ids.count == 1)
            for _ in 1...3 {
                let again = try await workplace.post("{\"item\": \"a\"}", key: "k")
                #expect((again.status, again.ids) == (first.status, first.ids))
            }
            #expect(try await workplace.count("jobs") == 1)
        }
    }

    @Test("is refused for another body, and for other jobs of the same number")
    func otherBody() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            _ = try await workplace.post("{\"item\": \"a\"}", key: "k")
            let other = try await workplace.post("{\"item\": \"b\"}", key: "k")
            #expect(other.status == 422)
            #expect(other.detail == "the idempotency key 'k' was used before for other jobs; use a new one")
            #expect(try await workplace.post("{\"item\": \"b\"}", key: "l").status == 201)
            #expect(try await workplace.count("jobs") == 2)
        }
    }

    @Test("is each pipeline's own")
    func pipelines() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            others: """
                  post:
                    queue_size: 5
                    worker_count: 1
                    producer: { plugin: inbox }
                    consumer: { plugin: sleep, duration: 0 }
                """)
        try await workplace.withDaemon { _ in
            let first = try await workplace.post("{\"item\": \"a\"}", to: "mail", key: "k")
            let second = try await workplace.post("{\"item\": \"b\"}", to: "post", key: "k")
            #expect((first.status, second.status) == (201, 201))
            #expect(first.ids != second.ids)
        }
    }

    @Test("must not be empty, or longer than 256 bytes")
    func bounds() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            for (length, status) in [(0, 400), (1, 201), (256, 201), (257, 400)] {
                let key = String(repeating: "k", count: length)
                let answer = try await workplace.post("{\"item\": \"a\"}", key: key)
                #expect(answer.status == status, "\(length) bytes")
            }
        }
    }

    @Test("makes one job of a request whose daemon is killed at any moment of it, and that is sent again")
    func killed() async throws {
        var generator = SeededGenerator(seed: 11)
        let workplace = try Workplace()
        // On a slow disk one job may be in hand at many of the ends, and that is not what this is about.
        try workplace.writeInbox(pipeline: "interruptions: 1000")
        var daemon = try await workplace.startAnsweringDaemon()
        var answered = 0
        let count = rounds(20)
        for round in 1...count {
            let job = "{\"item\": \"item \(round)\"}"
            let delay = Duration.microseconds(Int.random(in: 0...8_000, using: &generator))
            let first = Task { try await workplace.post(job, key: "key \(round)") }
            try await Task.sleep(for: delay)
            try await workplace.crash(daemon)
            let early = try? await first.value
            if early != nil { answered += 1 }
            daemon = try await workplace.startAnsweringDaemon()
            let again = try await workplace.post(job, key: "key \(round)")
            #expect(again.status == 201)
            #expect(again.ids.count == 1)
            // What was acknowledged stays true.
            if let early { #expect(early.ids == again.ids) }
        }
        let ids = try await workplace.query("SELECT max(job_id) FROM jobs")
        try await workplace.wait(for: try #require(Int(ids.trimmingCharacters(in: .newlines))), toBe: "done")
        let expected = (1...count).map { "item \($0)\n" }.joined()
        #expect(try await workplace.query("SELECT item FROM jobs") == expected)
        try await #expect(eventually { try await workplace.count("results") == count })
        #expect(answered < count, "no request was cut off")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }
}
