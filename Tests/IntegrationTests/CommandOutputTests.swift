import Foundation
import KataTestSupport
import Testing

@Suite("What kata-ctl prints", .timeLimit(.minutes(10)))
struct CommandOutputTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
        try workplace.writeInbox()
    }

    @Test("is one JSON document for many jobs that are changed, refused ones included")
    func changes() async throws {
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["a", "b"], "--in", "1h")
            let both = try await workplace.ctl("cancel", "\(ids[0])", "\(ids[1])", "--json")
            #expect((both.code, both.errors) == (0, ""))
            let jobs = try #require(try object(both.output)["jobs"] as? [[String: Any]])
            #expect(jobs.map { $0["id"] as? Int } == ids)
            #expect(jobs.map { $0["state"] as? String } == ["cancelled", "cancelled"])

            let some = try await workplace.ctl("retry", "\(ids[0])", "998", "999", "--json")
            #expect(some.code == 64)
            #expect(some.errors == "kata-ctl: there is no job 998\nkata-ctl: there is no job 999\n")
            let document = try object(some.output)
            #expect((document["jobs"] as? [[String: Any]])?.map { $0["id"] as? Int } == [ids[0]])
            let refused = try #require(document["refused"] as? [[String: Any]])
            #expect(refused.map { $0["job"] as? Int } == [998, 999])
            #expect(refused.map { $0["detail"] as? String } == ["there is no job 998", "there is no job 999"])

            let one = try await workplace.ctl("retry", "\(ids[1])", "--json")
            #expect(try object(one.output)["id"] as? Int == ids[1])
        }
    }

    @Test("is one JSON document for a batch, and for a file of several chunks")
    func submissions() async throws {
        try workplace.write(lines(1...2_100), to: "jobs.ndjson")
        try await workplace.withDaemon { _ in
            let batch = try await workplace.ctl("submit", "mail", "a", "b", "--then", "c", "--json")
            #expect((batch.code, batch.output) == (0, "{\"duplicates\":[],\"ids\":[1,2,3]}\n"))
            let file = try await workplace.ctl("submit", "mail", "-f", "jobs.ndjson", "--json")
            #expect(file.output.split(separator: "\n").count == 1)
            #expect(try object(file.output)["ids"] as? [Int] == Array(4...2_103))
        }
    }

    @Test("tells in one document what of a file was taken before a bad line")
    func partOfFile() async throws {
        try workplace.write(lines(1...1_000) + "{}\n", to: "jobs.ndjson")
        try await workplace.withDaemon { _ in
            let outcome = try await workplace.ctl("submit", "mail", "--file", "jobs.ndjson", "--json")
            #expect(outcome.code == 64)
            #expect((try object(outcome.output)["ids"] as? [Int])?.count == 1_000)
            #expect(outcome.errors.contains("line 1001"))
            try workplace.write("{}\n", to: "bad.ndjson")
            #expect(try await workplace.ctl("submit", "mail", "--file", "bad.ndjson", "--json").output == "")
        }
    }

    @Test("is the status of one pipeline, if that is named")
    func pipelineStatus() async throws {
        try workplace.writeInbox(
            workers: 9,
            others: """
                  post:
                    queue_size: 5
                    worker_count: 1
                    producer: { plugin: inbox }
                    consumer: { plugin: sleep, duration: 0 }
                """)
        try await workplace.withDaemon { _ in
            let table = try await workplace.ctl("status", "mail")
            #expect(table.output.contains("mail: idle"))
            #expect(table.output.contains("  9 workers  idle          0  –\n"))
            #expect(!table.output.contains("post"))
            let document = try object(try await workplace.ctl("status", "post", "--json").output)
            #expect((document["pipelines"] as? [[String: Any]])?.map { $0["name"] as? String } == ["post"])
            let unknown = try await workplace.ctl("status", "mial")
            #expect((unknown.code, unknown.output) == (64, ""))
            #expect(unknown.errors == "kata-ctl: there is no pipeline 'mial'; did you mean 'mail'?\n")
        }
    }

    @Test("is whole in a pipe, however long a job is, and has no colours")
    func pipe() async throws {
        // Lists have the first 1,024 bytes of an item.
        let item = String(repeating: "日本語 ", count: 100)
        try await workplace.withDaemon { _ in
            try await workplace.submit([item], "--in", "1h")
            let lines = try await workplace.ctl("jobs", "-n", "1").output.split(separator: "\n")
            #expect(lines[1].hasSuffix(String(item.dropLast())))
        }
    }

    @Test("is cut at the width of a terminal, wide characters included")
    func terminal() async throws {
        let item = String(repeating: "日本語", count: 200)
        try await workplace.withDaemon { _ in
            try await workplace.submit([item], "--in", "1h")
            let script = "stty cols 100 rows 30; \"$CTL\" jobs --socket \"$SOCKET\""
            let outcome = try await workplace.shell("script -qec '\(script)' /dev/null </dev/null")
            let lines = outcome.output.split(whereSeparator: \.isNewline)
            #expect(lines.count == 2, "\(outcome.output)")
            #expect(lines.last?.hasSuffix("…") == true)
            // Each of these characters has two columns.
            #expect((60...85).contains(lines.last?.count ?? 0), "\(lines)")
        }
    }

    @Test("is in the zone of the terminal, or in UTC for people who ask for that and in JSON")
    func zones() async throws {
        let tokyo = ["TZ": "Asia/Tokyo"]
        try await workplace.withDaemon { _ in
            let id = "\(try await workplace.submit(["a"], "--at", "2099-01-31T12:00:00Z")[0])"
            func text(_ arguments: String...) async throws -> String {
                try await workplace.run(
                    Binaries.kataControl, ["jobs", "--socket", workplace.socket] + arguments, environment: tokyo
                ).output
            }
            #expect(try await text(id).contains("  due          2099-01-31 21:00:00+09:00\n"))
            #expect(try await text(id, "--utc").contains("  due          2099-01-31 12:00:00Z\n"))
            #expect(try await text().contains("2099-01-31 21:00  a\n"))
            #expect(try await text("--utc").contains("2099-01-31 12:00  a\n"))
            #expect(try object(try await text(id, "--json"))["run_at"] as? String == "2099-01-31T12:00:00.000Z")
        }
    }

    @Test("says how long the job in hand has taken, and what the last attempt took")
    func durations() async throws {
        try workplace.writeInbox(script: "test $KATA_ITEM = quick || exec sleep 1000", workers: 2)
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["quick", "slow"])
            try await workplace.wait(for: ids[0], toBe: "done")
            try await workplace.wait(for: ids[1], toBe: "running")
            let list = try object(try await workplace.ctl("jobs", "--json").output)
            let jobs = try #require(list["jobs"] as? [[String: Any]])
            #expect(jobs.allSatisfy { $0["duration_seconds"] is Double })
            let running = try object(try await workplace.ctl("jobs", "\(ids[1])", "--json").output)
            let first = try #require(running["duration_seconds"] as? Double)
            let later = try object(try await workplace.ctl("jobs", "\(ids[1])", "--json").output)
            #expect(try #require(later["duration_seconds"] as? Double) > first)
            #expect(try await workplace.ctl("cancel", "\(ids[1])").code == 0)
        }
    }

    @Test(
        "is a usage error in one line, with the command that was meant or where to read on",
        arguments: [
            (["statsu"], "Error: there is no command 'kata-ctl statsu'; did you mean 'status'?"),
            (["xyzzy"], "Error: there is no command 'kata-ctl xyzzy'; 'kata-ctl --help' lists what there is"),
            (["plugins", "tset"], "Error: there is no command 'kata-ctl plugins tset'; did you mean 'test'?"),
            (["jobs", "--limit", "0"], "Error: --limit must be from 1 to 1000; see kata-ctl jobs --help"),
            (["logs"], "Error: Missing expected argument '<id>'; see kata-ctl logs --help"),
            (["status", "a\nb", "c"], "Error: Unexpected argument 'c'; see kata-ctl status --help"),
            (["jobs", "a\nb"], "Error: The value 'a b' is invalid for '<id>'; see kata-ctl jobs --help"),
        ])
    func usage(arguments: [String], line: String) async throws {
        let outcome = try await workplace.run(Binaries.kataControl, arguments)
        #expect((outcome.code, outcome.output) == (64, ""))
        #expect(outcome.errors == "\(line)\n")
    }

    @Test("by katad, too, is a usage error in one line", arguments: [["--bogus"], ["a", "b"], ["--pipeline"]])
    func daemonUsage(arguments: [String]) async throws {
        let outcome = try await workplace.run(Binaries.katad, arguments)
        #expect((outcome.code, outcome.output) == (64, ""))
        #expect(outcome.errors.hasPrefix("Error: "))
        #expect(outcome.errors.hasSuffix("; see katad --help\n"), "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1)
        #expect(!outcome.errors.contains("\\u{a}"))
    }

    private func lines(_ numbers: ClosedRange<Int>) -> String {
        numbers.map { "{\"item\": \"\($0)\"}\n" }.joined()
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }
}
