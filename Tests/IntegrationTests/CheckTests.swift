import Foundation
import KataTestSupport
import Testing

@Suite("kata-ctl check", .timeLimit(.minutes(10)))
struct CheckTests {
    private let workplace: Workplace

    private struct Answer: Decodable {
        struct Check: Decodable {
            let name: String
            let ok: Bool
            let faults: [String]
        }

        let database: String
        let ok: Bool
        let checks: [Check]
    }

    init() throws {
        workplace = try Workplace()
        try workplace.writeInbox()
    }

    @Test("finds all well beside a daemon that works, and on the database of a stopped one")
    func sound() async throws {
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["a", "b"])[1]
            try await workplace.wait(for: id, toBe: "done")
            let running = try await workplace.ctl("check")
            #expect((running.code, running.errors) == (0, ""))
            #expect(running.output.hasPrefix("\(workplace.database): schema "))
            #expect(running.output.hasSuffix("All is well.\n") && !running.output.contains("FAULT"))
        }
        for arguments in [["check", "--json"], ["check", "--json", "--database", "kata.db"]] {
            let stopped = try await workplace.run(
                Binaries.kataControl, arguments, environment: ["KATA_SOCKET": ""])
            #expect((stopped.code, stopped.errors) == (0, ""))
            let answer = try JSONDecoder().decode(Answer.self, from: Data(stopped.output.utf8))
            #expect(answer.ok && answer.checks.allSatisfy { $0.ok && $0.faults.isEmpty })
            #expect(answer.checks.map(\.name).prefix(3) == ["pages", "references", "counters"])
        }
    }

    @Test("says what does not fit together, and what to do")
    func inconsistent() async throws {
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["a"])[0]
            try await workplace.wait(for: id, toBe: "done")
        }
        let change = try await workplace.run("sqlite3", ["kata.db", "UPDATE run SET done = 0, added = 0"])
        try #require(change.code == 0, "\(change.errors)")
        let outcome = try await workplace.control("check", "--database", "kata.db")
        #expect((outcome.code, outcome.errors) == (65, ""))
        #expect(outcome.output.contains("FAULT  what runs count, against their jobs\n"), "\(outcome.output)")
        #expect(outcome.output.contains("run 1 of pipeline 'mail' counts 0 done jobs, and has 1\n"))
        #expect(outcome.output.contains("report this"))
    }

    @Test("says that pages are damaged, what to do first, and does not have the file replaced at once")
    func damaged() async throws {
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit((0..<200).map { "item \($0)" }).last ?? 0
            try await workplace.wait(for: id, toBe: "done")
        }
        var content = try Data(contentsOf: URL(fileURLWithPath: workplace.database))
        for index in 12_288..<content.count { content[index] = 0x55 }
        try content.write(to: URL(fileURLWithPath: workplace.database))
        let outcome = try await workplace.control("check", "--database", "kata.db", "--json")
        #expect((outcome.code, outcome.errors) == (65, ""))
        let answer = try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
        #expect(!answer.ok && answer.checks.map(\.name) == ["pages"] && !answer.checks[0].faults.isEmpty)
        let text = try await workplace.control("check", "--database", "kata.db")
        #expect(text.output.contains("Keep the file") && text.output.contains("journalctl -k"), "\(text.output)")
    }

    @Test("ends as other commands do where there is nothing to check")
    func nothing() async throws {
        let missing = try await workplace.control("check", "--database", "missing.db")
        #expect(missing.code == 78)
        #expect(missing.errors == "kata-ctl: there is no database at 'missing.db'; name another\n")
        #expect(try await workplace.ctl("check").code == 69)
        try workplace.write(String(repeating: "no database\n", count: 100), to: "text")
        #expect(try await workplace.control("check", "--database", "text").code == 78)
    }

    @Test("is made by a daemon after an unclean end, by the tables, and shown by the status")
    func afterCrash() async throws {
        let first = try await workplace.startAnsweringDaemon()
        #expect(try await !workplace.ctl("status").output.contains("check after"))
        let id = try await workplace.submit(["a"])[0]
        try await workplace.wait(for: id, toBe: "done")
        try await workplace.crash(first)
        try await workplace.withDaemon { daemon in
            try await #expect(eventually { try await check()?["state"] as? String == "ok" })
            let status = try await workplace.ctl("status").output
            #expect(status.contains("\ncheck after an unclean end: ok at "), "\(status)")
            #expect(daemon.standardError.contains("the database is whole after the unclean end"))
        }
        try await workplace.withDaemon { _ in try await #expect(check() == nil) }
    }

    @Test("is made by a daemon after an unclean end, and finds what is damaged")
    func damagedAfterCrash() async throws {
        let first = try await workplace.startAnsweringDaemon()
        let id = try await workplace.submit((0..<200).map { "item \($0)" }).last ?? 0
        try await workplace.wait(for: id, toBe: "done")
        let root = try await workplace.query("SELECT rootpage FROM sqlite_schema WHERE name = 'attempt_of_job'")
        let page = try #require(Int(root.trimmingCharacters(in: .newlines)))
        first.kill(SIGTERM)
        #expect(try await first.wait() == 0)
        // An index that this daemon does not use.
        var content = try Data(contentsOf: URL(fileURLWithPath: workplace.database))
        for index in (page - 1) * 4_096..<page * 4_096 { content[index] = 0x55 }
        try content.write(to: URL(fileURLWithPath: workplace.database))
        // As a daemon leaves it that was killed.
        try workplace.write("1\n", to: "kata.db.lock")
        let second = try await workplace.startAnsweringDaemon()
        try await #expect(eventually { try await check()?["state"] as? String == "damaged" })
        let status = try await workplace.ctl("status").output
        #expect(status.contains("damaged") && status.contains("keep the file"), "\(status)")
        #expect(second.standardError.contains("keep the file, look at the disk"))
        second.kill(SIGTERM)
        _ = try await second.wait()
    }

    @Test("of a log that another process keeps from being reset: who that is, and when it is over")
    func heldLog() async throws {
        try await workplace.withDaemon { daemon in
            _ = try await workplace.submit(["a"])
            let script = """
                (echo "BEGIN; SELECT count(*) FROM runs;"; until [ -e end ]; do sleep 0.05; done) | sqlite3 -readonly kata.db
                """
            let shell = try ChildProcess("/bin/sh", ["-c", script], in: workplace.directory)
            try await #require(eventually { shell.standardOutput.contains("1") })
            let item = String(repeating: "x", count: 700_000)
            try workplace.write((1...60).map { _ in "{\"item\":\"\(item)\"}\n" }.joined(), to: "jobs")
            let submitted = try await workplace.ctl("submit", "mail", "--file", "jobs")
            try #require(submitted.code == 0, "\(submitted.errors)")
            try await #require(eventually { try await wal()?["held_by"] != nil })
            let held = try #require(try await wal())
            #expect((held["held_by"] as? String)?.contains("sqlite3 -readonly kata.db") == true, "\(held)")
            #expect(held["bytes"] as? Int ?? 0 > 32 << 20)
            let status = try await workplace.ctl("status").output
            #expect(status.contains("\nwrite-ahead log: ") && status.contains("(sqlite3 -readonly"), "\(status)")
            #expect(daemon.standardError.contains("the write-ahead log grows"))

            try workplace.write("", to: "end")
            #expect(try await shell.wait() == 0)
            try await #expect(eventually { try await wal()?["bytes"] as? Int ?? .max <= 32 << 20 })
            try await #expect(wal()?["held_by"] == nil)
            #expect(daemon.standardError.contains("the write-ahead log is free again"))
        }
    }

    private func check() async throws -> [String: Any]? { try await store()?["check"] as? [String: Any] }

    private func wal() async throws -> [String: Any]? { try await store()?["wal"] as? [String: Any] }

    private func store() async throws -> [String: Any]? {
        let outcome = try await workplace.ctl("status", "--json")
        try #require(outcome.code == 0, "\(outcome.errors)")
        let document = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        return document?["store"] as? [String: Any]
    }
}
