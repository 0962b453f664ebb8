import Foundation
import KataTestSupport
import Testing

/// What a process leaves behind that was killed while it wrote.
@Suite("The start of a daemon", .timeLimit(.minutes(10)))
struct LeftoverTests {
    @Test("removes the unfinished files of a killed process beside the database and the exports, and of nobody else")
    func leftovers() async throws {
        let workplace = try Workplace()
        try FileManager.default.createDirectory(atPath: workplace.path("out"), withIntermediateDirectories: false)
        try workplace.writeKata(items: 1, pipeline: "export: out/live.txt")
        let names = [".kata.17.tmp", ".kata.17.tmp-journal", "out/.kata.18446744073709551615.tmp"]
        let others = [
            ".kata.017.tmp", ".kata.17.tmp-other", ".kata.18446744073709551616.tmp", "out/.kata.x.tmp", "out/x.tmp",
        ]
        for name in others { try workplace.write("theirs", to: name) }
        let open = names.enumerated().map { "exec \($0.offset + 3)>'\($0.element)'" }.joined(separator: "; ")
        let writer = try ChildProcess("sh", ["-c", "\(open); echo ready; exec sleep 1000"], in: workplace.directory)
        try await #require(eventually { writer.standardOutput.contains("ready") })
        func areThere(_ names: [String]) -> Bool {
            names.allSatisfy { FileManager.default.fileExists(atPath: workplace.path($0)) }
        }

        #expect(try await workplace.runDaemon("--once").code == 0)
        #expect(areThere(names + others), "a process has them open")
        writer.kill(SIGKILL)
        _ = try await writer.wait()
        let daemon = try workplace.startDaemon()
        try await #expect(
            eventually { names.allSatisfy { !FileManager.default.fileExists(atPath: workplace.path($0)) } })
        #expect(areThere(others))
        try await workplace.waitForSocket()
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        #expect(daemon.standardError.contains("unfinished files of a killed process were removed"))
    }
    @Test("removes nothing where no daemon starts; the next backup, export or archive there does")
    func commands() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 1, interval: "0", duration: "0")
        #expect(try await workplace.runDaemon("--once").code == 0)
        try FileManager.default.createDirectory(atPath: workplace.path("out"), withIntermediateDirectories: false)
        let leftovers = ["out/.kata.17.tmp", "out/.kata.17.tmp-journal"]
        let database = ["--database", workplace.database]
        for command in [["backup", "out/copy.db"], ["export", "--output", "out/results.txt"]] {
            for leftover in leftovers {
                // By a process of its own: a child that another test starts just then has this process's files open for a moment.
                let path = workplace.path(leftover)
                #expect(try await workplace.run("sh", ["-c", "printf half >\"$0\"", path]).code == 0)
            }
            let outcome = try await workplace.run(Binaries.kataControl, command + database)
            #expect(outcome.code == 0, "\(outcome.errors)")
            for leftover in leftovers {
                #expect(!FileManager.default.fileExists(atPath: workplace.path(leftover)), "\(command)")
            }
        }
    }
}
