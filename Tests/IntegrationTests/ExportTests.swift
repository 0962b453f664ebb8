import Foundation
import Kata
import KataSQLite
import KataTestSupport
import Testing

@Suite("The export")
struct ExportTests {
    @Test("is the same live, offline, as a kept file and from the sqlite3 shell")
    func agreement() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(workers: 5, interval: "1ms", duration: "3ms", pipeline: "export: live.txt")
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        try await #require(eventually { try await workplace.status().pipelines[0].run?.finished == true })

        let shell = try await workplace.query("SELECT consumer_id, item FROM results")
        #expect(shell.split(separator: "\n").count == 100)
        #expect(try await workplace.control("export", "--socket", workplace.socket).output == shell)
        try await #require(eventually { try workplace.read("live.txt") == shell })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)

        #expect(try await workplace.control("export", "--database", workplace.database).output == shell)
        let written = try await workplace.control("export", "--database", workplace.database, "--output", "out.txt")
        #expect(written.output == "100 lines in out.txt\n")
        #expect(try workplace.read("out.txt") == shell)
        #expect(try workplace.read("live.txt") == shell)
    }

    @Test("is NDJSON or CSV on request, live and offline, with job, attempt and times", arguments: ["ndjson", "csv"])
    func formats(format: String) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        let daemon = try await workplace.startAnsweringDaemon()
        let id = try await workplace.submit(["a,\"b\"\nc"])[0]
        try await workplace.wait(for: id, toBe: "done")
        let live = try await workplace.ctl("export", "--format", format)
        #expect((live.code, live.errors) == (0, ""))
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        let offline = try await workplace.control(
            "export", "--format", format, "--database", workplace.database, "-o", "out")
        #expect(offline.output == "1 line in out\n")
        try #expect(workplace.read("out") == live.output)
        // Python reads it as anybody would.
        let reader = """
            import csv, json, sys
            rows = [json.loads(l) for l in sys.stdin] if sys.argv[1] == "ndjson" else list(csv.DictReader(sys.stdin))
            for r in rows: print(r["job_id"], r["run_id"], r["pipeline"], r["attempt"], ascii(r["item"]), r["started_at"] <= r["finished_at"])
            """
        let rows = try await workplace.run("sh", ["-c", "python3 -c '\(reader)' \(format) < out"])
        #expect(rows.output == "1 1 mail 1 'a,\"b\"\\nc' True\n", "\(rows.errors)")
    }

    @Test("refuses a format that there is not")
    func unknownFormat() async throws {
        let workplace = try Workplace()
        let outcome = try await workplace.control("export", "--format", "xml", "--database", "x")
        #expect(outcome.code == 64)
        #expect(outcome.errors.hasPrefix("Error: "))
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let answer = try await workplace.request("GET", "/v1/export?format=xml")
            #expect((answer.status, answer.detail) == (400, "format must be one of text, ndjson, csv"))
        }
    }

    @Test("of a running daemon is a part that grows")
    func whileRunning() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 3_000, workers: 4, interval: "1ms", duration: "1ms")
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        var earlier = ""
        for _ in 1...3 {
            let now = try await workplace.control("export", "--socket", workplace.socket).output
            #expect(now.hasPrefix(earlier))
            earlier = now
        }
        #expect(try await workplace.query("SELECT consumer_id, item FROM results").hasPrefix(earlier))
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("chooses the run")
    func runs() async throws {
        let workplace = try Workplace()
        for items in [2, 3] {
            try workplace.writeKata(items: items, workers: 1, interval: "0", duration: "0")
            #expect(try await workplace.runDaemon("--once").code == 0)
        }
        func lines(_ run: String) async throws -> Int {
            let outcome = try await workplace.control("export", "--database", workplace.database, "--run", run)
            return outcome.output.split(separator: "\n").count
        }
        #expect(try await lines("1") == 2)
        #expect(try await lines("2") == 3)
        #expect(try await lines("latest") == 3)
        #expect(try await lines("all") == 5)
        let unknown = try await workplace.control("export", "--database", workplace.database, "--run", "3")
        #expect((unknown.code, unknown.errors) == (64, "kata-ctl: there is no run 3\n"))
    }

    @Test("writes any item as one line that reads back exactly")
    func oddItems() async throws {
        let workplace = try Workplace()
        let items = [
            "two\nlines", "carriage\r\nreturn", "a | b", #"back\slash \n"#, "tab\tbell\u{7}", "nul\u{0}inside",
            "\u{85}next\u{9f}", "👩‍👩‍👧 Ωmega", "", " ", String(repeating: "long ", count: 50_000),
        ]
        let store = try SQLiteJobStore(path: workplace.database)
        try store.transaction { transaction in
            let run = try transaction.startRun(pipeline: "odd", items: items.count, at: .now())
            try transaction.add(items: items, to: run.id, progress: .exhausted, at: .now())
        }
        let jobs = try await store.pendingJobs(run: 1, after: 0, limit: 100)
        #expect(jobs.map(\.item) == items)
        try store.transaction { transaction throws in
            for job in jobs {
                let completion = Completion(
                    job: job, consumerID: "c1", outcome: .done, startedAt: .now(), finishedAt: .now()
                )
                #expect(try transaction.completes(completion))
            }
        }
        try store.close()

        let output = try await workplace.control("export", "--database", workplace.database).output
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == items.count + 1)
        #expect(lines.last == "")
        let readBack = lines.dropLast().map { line in ExportFormat.unescape(String(line.dropFirst("c1 | ".count))) }
        #expect(readBack == items)
    }

    @Test(
        "refuses to be kept in a file that is needed, or is none", arguments: ["kata.db", "kata.yaml", "pipe", "no/x"])
    func unfitFile(name: String) async throws {
        let workplace = try Workplace()
        try #require(mkfifo(workplace.path("pipe"), 0o600) == 0)
        try workplace.writeKata(pipeline: "export: \(name)")
        let before = try workplace.read("kata.yaml")
        let outcome = try await workplace.runDaemon("--once")
        #expect(outcome.code == 78)
        #expect(outcome.errors.hasPrefix("kata.yaml:7:13: export is '\(name)', "), "\(outcome.errors)")
        #expect(try workplace.read("kata.yaml") == before)
    }
}
