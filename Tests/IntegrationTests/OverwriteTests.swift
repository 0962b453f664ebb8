import Foundation
import KataTestSupport
import Testing

/// A slip in a file's name must not cost a database.
@Suite("A database in use", .timeLimit(.minutes(10)))
struct OverwriteTests {
    @Test("is not written over by an export or a backup, by whatever name", arguments: ["export", "backup"])
    func refused(command: String) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["item"])
            try await workplace.wait(for: ids[0], toBe: "done")
            try FileManager.default.createSymbolicLink(
                atPath: workplace.path("link"), withDestinationPath: workplace.database)
            for name in ["kata.db", "kata.db-wal", "kata.db-shm", "kata.db.lock", "link"] {
                let arguments = command == "export" ? ["export", "--output", name] : ["backup", name]
                let outcome = try await workplace.run(Binaries.kataControl, arguments + ["--socket", workplace.socket])
                #expect(outcome.code == 64, "\(name): \(outcome.errors)")
                #expect(outcome.errors.contains("name another file"))
            }
            #expect(try await workplace.submit(["item"]).count == 1)
            #expect(try await workplace.query("PRAGMA integrity_check") == "ok\n")
        }
    }
}
