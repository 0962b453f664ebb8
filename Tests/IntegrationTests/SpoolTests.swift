import Foundation
import KataTestSupport
import Testing

/// Files that are moved into a directory are jobs, and move on with them.
@Suite("A spool directory", .timeLimit(.minutes(10)))
struct SpoolTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
        try FileManager.default.createDirectory(atPath: workplace.path("spool"), withIntermediateDirectories: true)
        // A job that happens to be in hand at each of a test's kills is not to be taken for the reason of them.
        try workplace.write(
            """
            pipelines:
              files:
                queue_size: 5
                worker_count: 2
                interruptions: 1000
                producer: { plugin: spool, directory: spool }
                consumer: { plugin: exec, command: [grep, -q, good, "{item}"] }
            """, to: "kata.yaml")
    }

    @Test("has its files moved to where their jobs' ends belong")
    func ends() async throws {
        try workplace.write("good", to: "spool/early")
        try await workplace.withDaemon { _ in
            try await waitFor("spool/done/early")
            try moveIn("bad", as: "worse")
            try moveIn("good", as: "late")
            try await waitFor("spool/failed/worse")
            try await waitFor("spool/done/late")
            #expect(try await workplace.count("results") == 2)
        }
    }

    @Test("does a file again that was moved back in, and keeps what it is called")
    func again() async throws {
        try await workplace.withDaemon { _ in
            try moveIn("bad", as: "x")
            try await waitFor("spool/failed/x")
            try workplace.write("good", to: "spool/failed/x")
            try FileManager.default.moveItem(
                atPath: workplace.path("spool/failed/x"), toPath: workplace.path("spool/x"))
            try await waitFor("spool/done/x")
        }
    }

    @Test("does each file once, however often the daemon is killed in between", arguments: [1, 2, 3])
    func killed(round: Int) async throws {
        let names = (1...30).map { "file\($0)" }
        for name in names { try workplace.write("good", to: "spool/\(name)") }
        for _ in 1...3 {
            let daemon = try await workplace.startAnsweringDaemon()
            daemon.kill(SIGKILL)
            _ = try await daemon.wait()
        }
        try await workplace.withDaemon { _ in
            for name in names { try await waitFor("spool/done/\(name)") }
            #expect(try await workplace.count("results") == names.count)
            #expect(try await workplace.count("jobs") == names.count)
        }
    }

    @Test("has the file of a job that is tried again moved back from failed")
    func triedAgain() async throws {
        try await workplace.withDaemon { _ in
            try moveIn("bad", as: "x")
            try await waitFor("spool/failed/x")
            // In place, so that it is the same file.
            let file = try FileHandle(forUpdating: workplace.directory.appendingPathComponent("spool/failed/x"))
            try file.write(contentsOf: Data("good".utf8))
            try file.close()
            let id = try await workplace.query("SELECT job_id FROM jobs").trimmingCharacters(in: .newlines)
            #expect(try await workplace.ctl("retry", id).code == 0)
            try await waitFor("spool/done/x")
            #expect(try await workplace.count("jobs") == 1)
            #expect(try await workplace.query("SELECT state, attempt FROM jobs") == "done | 2\n")
        }
    }

    @Test("does a file once whose mode was changed while its job waited and no daemon ran")
    func changedMode() async throws {
        try workplace.write("good", to: "spool/x")
        try await workplace.withDaemon { _ in
            // Only a source that was asked for more before the pause goes on during it.
            try await waitFor("spool/done/x")
            #expect(try await workplace.ctl("pause", "files").code == 0)
            try workplace.write("good", to: "spool/y")
            try await #require(eventually { try await workplace.count("jobs WHERE item LIKE '%/y'") == 1 })
        }
        try #require(chmod(workplace.path("spool/y"), 0o640) == 0)
        try await workplace.withDaemon { _ in
            #expect(try await workplace.ctl("resume", "files").code == 0)
            try await waitFor("spool/done/y")
            try moveIn("good", as: "last")
            try await waitFor("spool/done/last")
            #expect(try await workplace.count("jobs WHERE item LIKE '%/y'") == 1)
        }
    }

    @Test("goes on when its directory is made anew under the name")
    func replacedDirectory() async throws {
        try await workplace.withDaemon { daemon in
            try moveIn("good", as: "x")
            try await waitFor("spool/done/x")
            try FileManager.default.moveItem(atPath: workplace.path("spool"), toPath: workplace.path("old"))
            try FileManager.default.createDirectory(
                atPath: workplace.path("spool"), withIntermediateDirectories: true)
            try moveIn("good", as: "y")
            try await waitFor("spool/done/y")
            #expect(daemon.standardError.contains("the spool directory was moved or replaced"))
        }
    }

    @Test("leaves alone what begins with a dot, and what is no file")
    func others() async throws {
        try FileManager.default.createDirectory(
            atPath: workplace.path("spool/directory"), withIntermediateDirectories: true)
        try workplace.write("good", to: "spool/.hidden")
        try await workplace.withDaemon { _ in
            try moveIn("good", as: "x")
            try await waitFor("spool/done/x")
            #expect(try await workplace.count("jobs") == 1)
        }
        #expect(FileManager.default.fileExists(atPath: workplace.path("spool/.hidden")))
    }

    private func moveIn(_ text: String, as name: String) throws {
        let path = try workplace.write(text, to: "\(name).part")
        try FileManager.default.moveItem(atPath: path, toPath: workplace.path("spool/\(name)"))
    }

    private func waitFor(_ name: String) async throws {
        try await #require(
            eventually { FileManager.default.fileExists(atPath: workplace.path(name)) }, "\(name) does not come")
    }
}
