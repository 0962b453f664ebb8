import Foundation
import KataTestSupport
import Testing

@Suite("kata-ctl submit", .timeLimit(.minutes(10)))
struct SubmitTests {
    @Test("takes items, and says their ids in order")
    func items() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(workers: 1)
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["a", "zwei Wörter", "$(id)\n", "17", "{\"a\": 1}"])
            #expect(ids.count == 5 && ids == ids.sorted())
            for (id, item) in zip(ids, ["a", "zwei Wörter", "$(id)\n", "17", "{\"a\": 1}"]) {
                try await workplace.wait(for: id, toBe: "done")
                #expect(try await workplace.job(id).item == item)
            }
            let export = try await workplace.ctl("export")
            #expect(export.output == "c1 | a\nc1 | zwei Wörter\nc1 | $(id)\\n\nc1 | 17\nc1 | {\"a\": 1}\n")
        }
    }

    @Test("keeps what is said of each item")
    func options() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            try await workplace.submit(
                ["a"], "--priority", "-7", "--max-attempts", "9", "--timeout", "1.5s", "--unique", "u", "--in", "1h")
            #expect(
                try await workplace.query(
                    "SELECT item, state, priority, max_attempts, timeout_seconds, unique_key FROM jobs")
                    == "a | scheduled | -7 | 9 | 1.5 | u\n")
        }
    }

    @Test("takes a file of many chunks, and says the ids in the order of its lines")
    func file() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(workers: 1)
        try workplace.write(lines(1...2_500), to: "jobs.ndjson")
        try await workplace.withDaemon { _ in
            let ids = try await submitFile(in: workplace)
            #expect(ids.count == 2_500 && ids == ids.sorted())
            #expect(try await workplace.job(ids[0]).item == "1")
            #expect(try await workplace.job(ids[2_499]).item == "2500")
            try await workplace.wait(for: ids[2_499], toBe: "done")
            #expect(try await workplace.count("results") == 2_500)
        }
    }

    @Test("takes standard input, without a line break at the end and with empty lines, too")
    func standardInput() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(workers: 1)
        try await workplace.withDaemon { _ in
            let input = #"printf '{"item": "a"}\n\n  \r\n{"item": {"b": [1, 2.50, "x y"]}}\n{"item": null}'"#
            let outcome = try await workplace.shell("\(input) | \"$CTL\" submit mail --file - --socket \"$SOCKET\"")
            #expect((outcome.code, outcome.errors) == (0, ""))
            let ids = outcome.output.split(separator: "\n").compactMap { Int($0) }
            try #require(ids.count == 3)
            var items: [String] = []
            for id in ids { items.append(try await workplace.job(id).item) }
            // What is no string is kept as it was written, without the white space.
            #expect(items == ["a", #"{"b":[1,2.50,"x y"]}"#, "null"])
        }
    }

    @Test("takes nothing from an empty or closed standard input", arguments: ["true | ", "<&- ", "</dev/null "])
    func noInput(from input: String) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let outcome = try await workplace.shell("\(input)\"$CTL\" submit mail --file - --socket \"$SOCKET\"")
            #expect((outcome.code, outcome.output) == (0, ""))
            #expect(try await workplace.count("jobs") == 0)
        }
    }

    @Test("names a bad line by its number, and takes nothing of its chunk")
    func badLine() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try workplace.write(lines(1...4) + "{\"itme\": 5}\n" + lines(6...9), to: "jobs.ndjson")
        try await workplace.withDaemon { _ in
            let outcome = try await workplace.ctl("submit", "mail", "--file", "jobs.ndjson")
            #expect((outcome.code, outcome.output) == (64, ""))
            #expect(
                outcome.errors
                    == "kata-ctl: line 5, byte 2: there is no field \"itme\", did you mean \"item\"?; "
                    + "no job of its chunk was taken\n")
            #expect(try await workplace.count("jobs") == 0)
        }
    }

    @Test("says how many it took before a bad line in a later chunk", arguments: [2_001, 2_300, 2_500])
    func badLineInThirdChunk(number: Int) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        let before = lines(1...(number - 1))
        let after = number < 2_500 ? lines((number + 1)...2_500) : ""
        try workplace.write("\(before){\"item\": oops}\n\(after)", to: "jobs.ndjson")
        try await workplace.withDaemon { _ in
            let outcome = try await workplace.ctl("submit", "mail", "--file", "jobs.ndjson")
            #expect(outcome.code == 64)
            #expect(outcome.errors.hasPrefix("kata-ctl: line \(number), byte 10: there is 'oops', expected a value; "))
            #expect(outcome.errors.contains("no job of its chunk was taken"))
            #expect(outcome.errors.contains("2000 jobs were"))
            #expect(outcome.output.split(separator: "\n").count == 2_000)
            #expect(try await workplace.count("jobs") == 2_000)
        }
    }

    @Test("names the nearest pipeline when one is not there")
    func unknownPipeline() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let outcome = try await workplace.ctl("submit", "mial", "a")
            #expect((outcome.code, outcome.output) == (64, ""))
            #expect(outcome.errors == "kata-ctl: there is no pipeline 'mial'; did you mean 'mail'?\n")
        }
    }

    @Test("is refused by a pipeline that makes its own items")
    func noInbox() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        try await workplace.withDaemon { _ in
            let outcome = try await workplace.ctl("submit", "kata", "a")
            #expect(outcome.code == 64)
            #expect(
                outcome.errors == """
                    kata-ctl: pipeline 'kata' makes its own items; only one with 'producer: { plugin: inbox }' takes jobs

                    """)
        }
    }

    @Test("adds nothing under a unique key whose job is not finished, and says which one that is")
    func unique() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: "until [ -e go ]; do sleep 0.02; done")
        try await workplace.withDaemon { _ in
            let first = try await workplace.submit(["a"], "--unique", "u")
            let second = try await workplace.ctl("submit", "mail", "b", "--unique", "u")
            #expect((second.code, second.output) == (0, "\(first[0])\n"))
            #expect(second.errors == "kata-ctl: job \(first[0]) was there before, under the same unique key\n")
            #expect(try await workplace.submit(["c"], "--unique", "v") != first)
            try workplace.write("", to: "go")
            try await workplace.wait(for: first[0], toBe: "done")
            #expect(try await workplace.submit(["d"], "--unique", "u") != first)
            #expect(try await workplace.query("SELECT item FROM jobs") == "a\nc\nd\n")
        }
    }

    @Test("schedules for a time, and after a time")
    func schedule() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let later = try await workplace.submit(["at"], "--at", "2099-01-31T12:00:00+02:00")
            #expect(try await workplace.job(later[0]).state == "scheduled")
            #expect(try await workplace.job(later[0]).runAt == "2099-01-31T10:00:00.000Z")
            let soon = try await workplace.submit(["soon"], "--in", "300ms")
            try await workplace.wait(for: soon[0], toBe: "done")
            // Never before its time.
            #expect(
                try await workplace.query(
                    "SELECT min(results.started_at >= run_at) FROM jobs JOIN results USING (item)") == "1\n")
            #expect(try await workplace.job(later[0]).state == "scheduled")
        }
    }

    @Test("does not take a time that is long past")
    func pastTime() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let outcome = try await workplace.ctl("submit", "mail", "a", "--at", "2020-01-31T12:00:00Z")
            #expect(outcome.code == 64)
            #expect(outcome.errors.contains("2020-01-31T12:00:00"))
            #expect(outcome.errors.contains("expected a time to come"))
            #expect(try await workplace.count("jobs") == 0)
        }
    }

    @Test("answers as JSON")
    func json() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let first = try await workplace.ctl("submit", "mail", "a", "--unique", "u", "--in", "1h", "--json")
            #expect((first.code, first.output, first.errors) == (0, "{\"duplicates\":[],\"ids\":[1]}\n", ""))
            let second = try await workplace.ctl("submit", "mail", "a", "--unique", "u", "--json")
            #expect((second.code, second.output, second.errors) == (0, "{\"duplicates\":[1],\"ids\":[1]}\n", ""))
        }
    }

    @Test("adds nothing when it is repeated under the same idempotency key, a file of many chunks either")
    func idempotencyKey() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try workplace.write(lines(1...2_100), to: "jobs.ndjson")
        try await workplace.withDaemon { _ in
            let first = try await workplace.submit(["a", "b"], "--idempotency-key", "k")
            #expect(try await workplace.submit(["a", "b"], "--idempotency-key", "k") == first)
            let chunks = try await submitFile(in: workplace, "--idempotency-key", "f")
            #expect(try await submitFile(in: workplace, "--idempotency-key", "f") == chunks)
            #expect(try await workplace.count("jobs") == 2_102)
            let other = try await workplace.ctl("submit", "mail", "c", "--idempotency-key", "k")
            #expect(other.code == 64)
            #expect(
                other.errors == "kata-ctl: the idempotency key 'k' was used before for other jobs; use a new one\n")
        }
    }

    @Test("says that the file can't be read", arguments: [("missing", "read"), (".", "read")])
    func noFile(name: String, operation: String) async throws {
        let workplace = try Workplace()
        let outcome = try await workplace.ctl("submit", "mail", "--file", name)
        #expect(outcome.code == 74)
        #expect(outcome.errors.hasPrefix("kata-ctl: cannot \(operation) '\(name)': "))
    }

    @Test(
        "ends in a usage error when it is called wrongly",
        arguments: [
            [], ["mail"], ["mail", "a", "--file", "f"], ["mail", "--file", "f", "--priority", "1"],
            ["mail", "--file", "f", "--unique", "u"], ["mail", "--file", "f", "--in", "1s"],
            ["mail", "a", "--priority", "101"], ["mail", "a", "--priority", "x"], ["mail", "a", "--max-attempts", "0"],
            ["mail", "a", "--at", "tomorrow"], ["mail", "a", "--in", "5"], ["mail", "a", "--timeout", "soon"],
            ["mail", "a", "--at", "2099-01-31T12:00:00Z", "--in", "1s"], ["mail", "a", "b", "--unique", "u"],
        ])
    func usage(arguments: [String]) async throws {
        let workplace = try Workplace()
        let outcome = try await workplace.run(Binaries.kataControl, ["submit"] + arguments)
        #expect(outcome.code == 64)
        #expect(outcome.errors.hasPrefix("Error: "))
    }

    @Test("says that no daemon answers, and what to do")
    func notReachable() async throws {
        let workplace = try Workplace()
        let outcome = try await workplace.ctl("submit", "mail", "a")
        #expect((outcome.code, outcome.output) == (69, ""))
        #expect(outcome.errors.hasPrefix("kata-ctl: no daemon answers on '\(workplace.socket)' ("))
    }

    private func submitFile(in workplace: Workplace, _ options: String...) async throws -> [Int] {
        let outcome = try await workplace.run(
            Binaries.kataControl, ["submit", "mail", "--file", "jobs.ndjson", "--socket", workplace.socket] + options)
        try #require(outcome.code == 0, "\(outcome.errors)")
        return outcome.output.split(separator: "\n").compactMap { Int($0) }
    }

    private func lines(_ numbers: ClosedRange<Int>) -> String {
        numbers.map { "{\"item\": \"\($0)\"}\n" }.joined()
    }
}
