import Foundation
import KataTestSupport
import Testing

/// `limits` of a pipeline, as its workers keep them.
@Suite("A limit", .timeLimit(.minutes(10)))
struct LimitTests {
    /// The milliseconds from when a job was stored to its beginning: never shorter than to its turn, however slow the
    /// machine is.
    private static let delays = """
        SELECT round((julianday(started_at) - julianday(created_at)) * 86400000)
        FROM results JOIN jobs USING (item) WHERE item LIKE
        """
    /// Both times are cut to milliseconds.
    private static let rounding = 2

    @Test("of concurrency per key lets another key pass, and gives the next job of the key its turn")
    func concurrencyPerKey() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: waits, workers: 3, pipeline: "limits: { concurrency_per_key: 1 }")
        try await workplace.withDaemon { _ in
            let held = try await workplace.submit(["a", "b"], to: "mail", "--key", "k")
            try await workplace.wait(for: held[0], toBe: "running")
            let others = try await submit([#"{"item": "c", "key": "l"}"#, #"{"item": "d"}"#], in: workplace)
            for item in ["c", "d"] { try workplace.write("", to: "go.\(item)") }
            for id in others { try await workplace.wait(for: id, toBe: "done") }
            #expect(try await workplace.job(held[1]).state == "pending")
            for item in ["a", "b"] { try workplace.write("", to: "go.\(item)") }
            for id in held { try await workplace.wait(for: id, toBe: "done") }
        }
    }

    @Test("of concurrency per key is never passed")
    func overlaps() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            script: "sleep 0.02", workers: 8, pipeline: "limits: { concurrency_per_key: 1 }")
        try await workplace.withDaemon { _ in
            let jobs = (1...40).map { "{\"item\": \"\($0)\", \"key\": \"\($0 % 4)\"}" }
            for id in try await submit(jobs, in: workplace) { try await workplace.wait(for: id, toBe: "done") }
        }
        #expect(try await workplace.count("attempts") == 40)
        let pairs = """
            (SELECT * FROM attempts JOIN jobs USING (job_id)) one JOIN (SELECT * FROM attempts JOIN jobs USING (job_id)) two
            ON one.started_at < two.finished_at AND two.started_at < one.finished_at
            """
        #expect(try await workplace.count("\(pairs) WHERE one.job_id < two.job_id AND one.key = two.key") == 0)
        #expect(try await workplace.count("\(pairs) WHERE one.job_id < two.job_id") > 0)
    }

    @Test("of concurrency per key goes on when its job is cancelled, in hand or held back")
    func cancelled() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: waits, workers: 3, pipeline: "limits: { concurrency_per_key: 1 }")
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["a", "b", "c"], to: "mail", "--key", "k")
            try await workplace.wait(for: ids[0], toBe: "running")
            #expect(try await workplace.ctl("cancel", "\(ids[1])").code == 0)
            #expect(try await workplace.ctl("cancel", "\(ids[0])").code == 0)
            try workplace.write("", to: "go.c")
            try await workplace.wait(for: ids[2], toBe: "done")
            #expect(try await workplace.query("SELECT item FROM results") == "c\n")
        }
    }

    @Test("of concurrency per key holds for what a killed daemon left")
    func killed() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: waits, workers: 3, pipeline: "limits: { concurrency_per_key: 1 }")
        let first = try await workplace.startAnsweringDaemon()
        let ids = try await workplace.submit(["a", "b"], to: "mail", "--key", "k")
        try await workplace.wait(for: ids[0], toBe: "running")
        try await workplace.crash(first)
        try await workplace.withDaemon { _ in
            try await workplace.wait(for: ids[0], toBe: "running")
            let other = try await workplace.submit(["c"])
            try await workplace.wait(for: other[0], toBe: "running")
            #expect(try await workplace.job(ids[1]).state == "pending")
            for item in ["a", "b", "c"] { try workplace.write("", to: "go.\(item)") }
            for id in ids + other { try await workplace.wait(for: id, toBe: "done") }
        }
    }

    @Test("of the rate spaces the beginnings, however many workers there are")
    func rate() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(workers: 4, pipeline: "limits: { rate: 10/s }")
        try await workplace.withDaemon { _ in
            for id in try await workplace.submit((0...6).map { "\($0)" }) {
                try await workplace.wait(for: id, toBe: "done")
            }
        }
        try await expectSpaces(of: 100, between: "%", in: workplace, count: 7)
    }

    @Test("of the rate per key spaces the beginnings with a key")
    func ratePerKey() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(workers: 4, pipeline: "limits: { rate_per_key: 2/s }")
        try await workplace.withDaemon { _ in
            let jobs = ["a1", "a2", "a3", "b1", "b2"].map { "{\"item\": \"\($0)\", \"key\": \"\($0.prefix(1))\"}" }
            for id in try await submit(jobs, in: workplace) { try await workplace.wait(for: id, toBe: "done") }
        }
        for (key, count) in [("a", 3), ("b", 2)] {
            try await expectSpaces(of: 500, between: "\(key)%", in: workplace, count: count)
        }
    }

    @Test("of the rate per key lets jobs of other keys pass, and those without one")
    func ratePerKeyOfOthers() async throws {
        let workplace = try Workplace()
        // No second turn of a key comes before the others are done, however slow the machine is.
        try workplace.writeInbox(workers: 4, pipeline: "limits: { rate_per_key: 1/h }")
        try await workplace.withDaemon { _ in
            let jobs = ["a1", "b1", "a2", "a3", "b2"].map { "{\"item\": \"\($0)\", \"key\": \"\($0.prefix(1))\"}" }
            let others = (1...3).map { "{\"item\": \"no key \($0)\"}" }
            let ids = try await submit(jobs + others, in: workplace)
            let held = ids[2...4]
            for id in ids where !held.contains(id) { try await workplace.wait(for: id, toBe: "done") }
            for id in held { #expect(try await workplace.job(id).state == "pending") }
        }
    }

    @Test("of the rate per key counts from a job's beginning")
    func ratePerKeyOnTheQueue() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            script: "test $KATA_ITEM != first || until [ -e go ]; do sleep 0.02; done", workers: 1,
            pipeline: "limits: { rate_per_key: 10/s }")
        try await workplace.withDaemon { _ in
            try await workplace.wait(for: workplace.submit(["first"])[0], toBe: "running")
            let ids = try await workplace.submit(["a1", "a2", "a3"], to: "mail", "--key", "a")
            try await #require(eventually { try await workplace.status().pipelines[0].queue.depth == 1 })
            try workplace.write("", to: "go")
            for id in ids { try await workplace.wait(for: id, toBe: "done") }
            let beginnings = "SELECT round((julianday(max(started_at)) - julianday(min(started_at))) * 86400000)"
            let span = try await workplace.query("\(beginnings) FROM results WHERE item LIKE 'a%'")
            #expect(Double(span.dropLast()) ?? 0 > 150)
        }
    }

    @Test(
        "of a key with more jobs than are kept at hand holds up no other, nor what comes first of its own",
        arguments: [false, true])
    func manyOfOneKey(crashes: Bool) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: waits, workers: 2, pipeline: "limits: { concurrency_per_key: 1 }")
        let jobs = (1...20_000).map { #"{"item": "a\#($0)", "key": "a"}"# }
        let others = [#"{"item": "b", "key": "b"}"#, #"{"item": "first", "key": "a", "priority": 9}"#]
        let daemon = try await workplace.startAnsweringDaemon()
        // As many as one request may have, twice.
        let ids = try await submit(Array(jobs.prefix(10_000)), in: workplace)
        _ = try await submit(Array(jobs.dropFirst(10_000)), in: workplace)
        try await workplace.wait(for: ids[0], toBe: "running")
        if !crashes {
            let ids = try await submit(others, in: workplace)
            try await workplace.wait(for: ids[0], toBe: "running")
            try workplace.write("", to: "go.a1")
            try await workplace.wait(for: ids[1], toBe: "running")
            try await workplace.crash(daemon)
            return
        }
        #expect(try await workplace.ctl("pause", "mail").code == 0)
        let later = try await submit(others, in: workplace)
        try await workplace.crash(daemon)
        try await workplace.withDaemon { _ in
            #expect(try await workplace.ctl("resume", "mail").code == 0)
            for id in later { try await workplace.wait(for: id, toBe: "running") }
            #expect(try await workplace.ctl("cancel", "--all", "mail").code == 0)
        }
    }

    @Test("of a rate outlives the daemon, for all jobs and for a key", arguments: ["rate", "rate_per_key"])
    func rateAfterCrash(limit: String) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(workers: 1, pipeline: "limits: { \(limit): 1/h }")
        let first = try await workplace.startAnsweringDaemon()
        let ids = try await workplace.submit(["a", "b"], to: "mail", "--key", "k")
        try await workplace.wait(for: ids[0], toBe: "done")
        try await workplace.crash(first)
        try await workplace.withDaemon { _ in
            try await #require(
                eventually { try await workplace.ctl("explain", "\(ids[1])").output.contains("lets the next") })
            #expect(try await workplace.job(ids[1]).state == "pending")
            if limit == "rate_per_key" {
                let other = try await workplace.submit(["c"])
                try await workplace.wait(for: other[0], toBe: "done")
            }
        }
        #expect(try await workplace.count("results") == (limit == "rate" ? 1 : 2))
    }

    private let waits = "until [ -e go.$KATA_ITEM ]; do sleep 0.02; done"

    private func submit(_ lines: [String], in workplace: Workplace) async throws -> [Int] {
        let answer = try await workplace.post(
            Array(lines.joined(separator: "\n").utf8), type: "application/x-ndjson")
        try #require(answer.status == 201, "\(answer.body)")
        return answer.ids
    }

    private func expectSpaces(of space: Int, between items: String, in workplace: Workplace, count: Int) async throws {
        let delays = try await workplace.query("\(Self.delays) '\(items)'").split(separator: "\n").compactMap {
            Double($0)
        }
        #expect(delays.count == count)
        for (index, delay) in delays.sorted().enumerated() {
            #expect(Int(delay) >= index * space - Self.rounding, "\(delays)")
        }
    }
}
