import Foundation
import KataTestSupport
import Testing

@Suite("kata-ctl backup", .timeLimit(.minutes(10)))
struct BackupTests {
    @Test("copies what was committed, soundly, while the daemon works")
    func whileWorking() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 100_000, workers: 4, interval: "1ms", duration: "1ms")
        let daemon = try await workplace.startAnsweringDaemon()
        try await #require(eventually { try await workplace.count("results") > 0 })
        let before = try await workplace.control("export", "--socket", workplace.socket).output
        let outcome = try await workplace.ctl("backup", "copy.db")
        #expect((outcome.code, outcome.errors) == (0, ""))
        #expect(outcome.output.hasPrefix("copy.db: a checked copy of \(workplace.database), "))
        let copy = try await workplace.control("export", "--database", "copy.db").output
        let after = try await workplace.control("export", "--socket", workplace.socket).output
        #expect(copy.hasPrefix(before))
        #expect(after.hasPrefix(copy))
        #expect(try await sqlite("PRAGMA integrity_check", "copy.db", in: workplace) == "ok\n")
        #expect(try await sqlite("PRAGMA foreign_key_check", "copy.db", in: workplace) == "")
        let mode = try FileManager.default.attributesOfItem(atPath: workplace.path("copy.db"))[.posixPermissions]
        #expect(mode as? Int == 0o600)
        #expect(!FileManager.default.fileExists(atPath: workplace.path("copy.db.tmp")))
        #expect(try await workplace.status().pipelines[0].run?.finished == false, "the daemon no longer works")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("makes a copy that a daemon goes on with")
    func restored() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        let first = try await workplace.startAnsweringDaemon()
        let done = try await workplace.submit(["a"])[0]
        try await workplace.wait(for: done, toBe: "done")
        #expect(try await workplace.ctl("pause", "mail").code == 0)
        let pending = try await workplace.submit(["b"])[0]
        #expect(try await workplace.ctl("backup", "copy.db").code == 0)
        let late = try await workplace.submit(["c"])[0]
        try await workplace.crash(first)

        let outcome = try await workplace.control("restore", "copy.db")
        #expect((outcome.code, outcome.errors) == (0, ""))
        #expect(outcome.output.hasPrefix("./kata.db: restored from copy.db, "), "\(outcome.output)")
        #expect(outcome.output.contains("\n./kata.db.before-restore-"), "\(outcome.output)")
        try await workplace.withDaemon { _ in
            #expect(try await workplace.job(done).state == "done")
            #expect(try await workplace.request("GET", "/v1/jobs/\(late)").status == 404)
            #expect(try await workplace.ctl("resume", "mail").code == 0)
            try await workplace.wait(for: pending, toBe: "done")
        }
    }

    @Test("is refused by katad beside the write-ahead log of the old database")
    func besideForeignLog() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        let first = try await workplace.startAnsweringDaemon()
        _ = try await workplace.submit(["a"])
        #expect(try await workplace.ctl("backup", "copy.db").code == 0)
        try await workplace.crash(first)
        try FileManager.default.removeItem(atPath: workplace.database)
        try FileManager.default.moveItem(atPath: workplace.path("copy.db"), toPath: workplace.database)
        let outcome = try await workplace.runDaemon("--once")
        #expect(outcome.code == 78)
        #expect(outcome.errors.contains("-wal' does not belong to"), "\(outcome.errors)")
        #expect(FileManager.default.fileExists(atPath: workplace.database + "-wal"))
    }

    @Test("is not restored while the daemon runs, over itself, or where nothing says which database is meant")
    func refusedRestore() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        let unnamed = try await workplace.control("restore", "copy.db")
        #expect(unnamed.code == 64 && unnamed.errors.contains("--database"), "\(unnamed.errors)")
        try await workplace.withDaemon { _ in
            _ = try await workplace.submit(["a"])
            #expect(try await workplace.ctl("backup", "copy.db").code == 0)
            let running = try await workplace.control("restore", "copy.db")
            #expect(running.code == 75, "\(running.errors)")
            #expect(try await workplace.control("restore", "./kata.db").code == 64)
        }
    }

    @Test("makes the daemon stop if it is put in the place of the database while that runs")
    func replacedWhileRunning() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        let daemon = try await workplace.startAnsweringDaemon()
        _ = try await workplace.submit(["a"])
        #expect(try await workplace.ctl("backup", "copy.db").code == 0)
        try #require(rename(workplace.path("copy.db"), workplace.database) == 0)
        let outcome = try await workplace.ctl("submit", "mail", "b")
        #expect(outcome.code != 0, "it was acknowledged, and would be lost")
        #expect(try await daemon.wait() == 74)
        #expect(daemon.standardError.contains("was moved, removed or replaced while it was open"))
    }

    @Test(
        "refuses to write over the database, by whatever name",
        arguments: ["kata.db", "kata.db-wal", "kata.db-shm", "kata.db.lock", "symbolic", "hard", "./kata.db"])
    func itself(name: String) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["a"])[0]
            try await workplace.wait(for: id, toBe: "done")
            try #require(symlink(workplace.database, workplace.path("symbolic")) == 0)
            try #require(link(workplace.database, workplace.path("hard")) == 0)
            let outcome = try await workplace.ctl("backup", name)
            #expect((outcome.code, outcome.output) == (64, ""))
            #expect(
                outcome.errors
                    == "kata-ctl: '\(name)' is the database itself, or belongs to it; name another file\n")
            let again = try await workplace.submit(["b"])[0]
            try await workplace.wait(for: again, toBe: "done")
        }
        #expect(try await workplace.query("PRAGMA integrity_check") == "ok\n")
    }

    @Test("takes the place of an older copy, of a stopped daemon's database as well")
    func replaced() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 3, interval: "0", duration: "0")
        #expect(try await workplace.runDaemon("--once").code == 0)
        for _ in 1...2 {
            let outcome = try await workplace.control("backup", "--database", "kata.db", "copy.db")
            #expect((outcome.code, outcome.errors) == (0, ""))
        }
        #expect(try await sqlite("SELECT count(*) FROM results", "copy.db", in: workplace) == "3\n")
    }

    @Test("leaves nothing behind where it can't write", arguments: ["missing/copy.db", "directory"])
    func unwritable(name: String) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try FileManager.default.createDirectory(
            atPath: workplace.path("directory"), withIntermediateDirectories: false)
        try await workplace.withDaemon { _ in
            let outcome = try await workplace.ctl("backup", name)
            #expect([73, 74].contains(outcome.code))
            #expect(outcome.errors.contains("'\(name)'"), "\(outcome.errors)")
            #expect(!FileManager.default.fileExists(atPath: workplace.path("\(name).tmp")))
        }
    }

    @Test("says that there is no database, or no daemon to ask for it")
    func nothingToCopy() async throws {
        let workplace = try Workplace()
        let missing = try await workplace.control("backup", "--database", "missing.db", "copy.db")
        #expect(missing.code != 0)
        #expect(missing.errors == "kata-ctl: there is no database at 'missing.db'; name another\n")
        #expect(try await workplace.ctl("backup", "copy.db").code == 69)
        #expect(!FileManager.default.fileExists(atPath: workplace.path("copy.db")))
    }

    private func sqlite(_ sql: String, _ name: String, in workplace: Workplace) async throws -> String {
        let outcome = try await workplace.run("sqlite3", ["-readonly", name, sql])
        try #require(outcome.code == 0, "\(outcome.errors)")
        return outcome.output
    }
}
