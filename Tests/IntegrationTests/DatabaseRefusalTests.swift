import Foundation
import KataTestSupport
import Testing

@Suite("A database that can't be used")
struct DatabaseRefusalTests {
    @Test("is left as it is if it belongs to something else")
    func foreign() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        try await make("CREATE TABLE theirs(a); INSERT INTO theirs VALUES(1)", in: workplace)
        try await expectRefusal(
            in: workplace, code: 78,
            "katad: '\(workplace.database)' is an SQLite database, but not one of Kata's; it was left as it is\n"
        )
    }

    @Test("is left as it is if it belongs to something else and is empty")
    func foreignEmpty() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        try await make("PRAGMA application_id = 7", in: workplace)
        try await expectRefusal(
            in: workplace, code: 78,
            "katad: '\(workplace.database)' is an SQLite database, but not one of Kata's; it was left as it is\n"
        )
    }

    @Test("is left as it is if a later version made it")
    func newer() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        #expect(try await workplace.runDaemon("--once").code == 0)
        try await make("PRAGMA user_version = 99", in: workplace)
        let before = try Data(contentsOf: URL(fileURLWithPath: workplace.database))
        let outcome = try await workplace.runDaemon("--once")
        #expect(outcome.code == 78)
        #expect(outcome.errors.hasPrefix("katad: '\(workplace.database)' has schema 99, this version knows "))
        #expect(try Data(contentsOf: URL(fileURLWithPath: workplace.database)) == before)

        let export = try await workplace.control("export", "--database", workplace.database)
        #expect(export.code == 78)
        #expect(try Data(contentsOf: URL(fileURLWithPath: workplace.database)) == before)
    }

    @Test("is left as it is if it is no database", arguments: ["x", String(repeating: "no database\n", count: 1_000)])
    func text(content: String) async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        try workplace.write(content, to: "kata.db")
        try await expectRefusal(
            in: workplace, code: 78, "katad: '\(workplace.database)' is no SQLite database, or a damaged one\n"
        )
    }

    @Test("is refused if it was cut short")
    func truncated() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 100, interval: "0", duration: "0")
        #expect(try await workplace.runDaemon("--once").code == 0)
        try #require(truncate(workplace.database, 5_000) == 0)
        let outcome = try await workplace.runDaemon("--once")
        #expect(outcome.code == 78)
        #expect(outcome.errors.contains("The file may be whole: keep it."), "\(outcome.errors)")
    }

    @Test("ends the daemon with one line if its pages are damaged")
    func damaged() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 2_000, interval: "0", duration: "0")
        #expect(try await workplace.runDaemon("--once").code == 0)
        var content = try Data(contentsOf: URL(fileURLWithPath: workplace.database))
        for index in 8_192..<content.count { content[index] = 0x55 }
        try content.write(to: URL(fileURLWithPath: workplace.database))

        let outcome = try await workplace.runDaemon("--once", "--log-level", "critical")
        #expect([74, 78].contains(outcome.code))
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
        let export = try await workplace.control("export", "--database", workplace.database)
        #expect([74, 78].contains(export.code))
        #expect(export.errors.split(separator: "\n").count == 1, "\(export.errors)")
    }

    @Test("because its directory is missing ends in 73")
    func missingDirectory() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let outcome = try await workplace.runDaemon("--once", "--database", "missing/kata.db")
        #expect(outcome.code == 73)
        #expect(outcome.errors.hasPrefix("katad: cannot create "))
        #expect(outcome.errors.hasSuffix(": No such file or directory\n"))
    }

    @Test(
        "because others may write its directory ends in 78, and the line says what helps",
        arguments: [
            (0o777, 0, "chmod o-w"), (0o770, 1, "chmod g-w"), (0o1777, 0, nil), (0o770, 0, nil), (0o755, 1, nil),
        ]
            as [(mode_t, gid_t, String?)])
    func sharedDirectory(mode: mode_t, otherGroup: gid_t, remedy: String?) async throws {
        // Only root can give a directory to a group that it is not in.
        if otherGroup != 0 && geteuid() != 0 { return print("skipped: only root can change the group of a directory") }
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let directory = workplace.path("state")
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        try #require(chown(directory, geteuid(), getegid() + otherGroup) == 0 && chmod(directory, mode) == 0)
        let outcome = try await workplace.runDaemon("--once", "--database", "state/kata.db")
        guard let remedy else { return #expect(outcome.code == 0, "\(outcome.errors)") }
        #expect(outcome.code == 78)
        #expect(
            outcome.errors.contains("may be written by other users, who could put another database there; \(remedy) '"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
    }

    @Test("because its directory must not be written ends in 77")
    func readOnlyDirectory() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        try FileManager.default.createDirectory(atPath: workplace.path("state"), withIntermediateDirectories: false)
        try #require(chmod(workplace.path("state"), 0o500) == 0)
        let outcome = try await workplace.runUnprivileged(
            Binaries.katad, ["--config", "kata.yaml", "--once", "--database", "state/kata.db"]
        )
        #expect(outcome.code == 77)
        #expect(outcome.errors.hasSuffix(": Permission denied\n"))
    }

    @Test("because it must not be written ends in 77")
    func readOnlyFile() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        #expect(try await workplace.runDaemon("--once").code == 0)
        try #require(chmod(workplace.database, 0o400) == 0)
        let outcome = try await workplace.runUnprivileged(Binaries.katad, ["--config", "kata.yaml", "--once"])
        #expect(outcome.code == 77)
        #expect(outcome.errors.hasPrefix("katad: no permission to use '\(workplace.database)'; "))
    }

    @Test(
        "can't be exported, and nothing is written",
        arguments: [
            ("missing.db", 78, "kata-ctl: there is no database at 'missing.db'"),
            ("directory", 78, "kata-ctl: 'directory' is no file, expected an SQLite database"),
            ("text", 78, "kata-ctl: 'text' is no SQLite database, or a damaged one"),
        ] as [(String, Int32, String)])
    func export(name: String, code: Int32, line: String) async throws {
        let workplace = try Workplace()
        try FileManager.default.createDirectory(atPath: workplace.path("directory"), withIntermediateDirectories: false)
        try workplace.write(String(repeating: "no database\n", count: 100), to: "text")
        try workplace.write("c1 | 0\n", to: "out.txt")
        let outcome = try await workplace.control("export", "--database", name, "--output", "out.txt")
        #expect(outcome.code == code)
        #expect(outcome.errors.hasPrefix(line))
        #expect(outcome.errors.split(separator: "\n").count == 1)
        #expect(try workplace.read("out.txt") == "c1 | 0\n")
        #expect(!FileManager.default.fileExists(atPath: workplace.path("missing.db")))
    }

    /// Changes the database as another program would.
    private func make(_ sql: String, in workplace: Workplace) async throws {
        let outcome = try await workplace.run("sqlite3", [workplace.database, sql])
        try #require(outcome.code == 0, "\(outcome.errors)")
    }

    private func expectRefusal(in workplace: Workplace, code: Int32, _ line: String) async throws {
        let before = try Data(contentsOf: URL(fileURLWithPath: workplace.database))
        let outcome = try await workplace.runDaemon("--once")
        #expect((outcome.code, outcome.errors) == (code, line))
        #expect(try Data(contentsOf: URL(fileURLWithPath: workplace.database)) == before)
        #expect(!FileManager.default.fileExists(atPath: workplace.socket))
    }
}
