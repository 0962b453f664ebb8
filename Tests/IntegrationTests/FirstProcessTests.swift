import Foundation
import KataTestSupport
import Testing

/// As in a container, where nobody else is there to be the parent of what has lost its own.
@Suite("A daemon that is process 1", .timeLimit(.minutes(10)))
struct FirstProcessTests {
    @Test("reaps what jobs have left, and gets the ends of its own", .enabled(if: canUnshare))
    func orphans() async throws {
        let workplace = try Workplace()
        // What it leaves is out of its process group, and ends by itself.
        try workplace.writeInbox(script: "setsid sleep 0.3 & test $KATA_ITEM = good")
        let outer = try ChildProcess(
            "unshare", ["--pid", "--fork", "--mount-proc", "--kill-child", Binaries.katad, "--config", "kata.yaml"],
            in: URL(fileURLWithPath: workplace.path("")))
        defer { outer.kill(SIGKILL) }
        try await workplace.waitForSocket()
        let daemon = try #require(try children(of: outer.pid).first)
        let ids = try await workplace.submit(Array(repeating: "good", count: 5) + ["bad"])
        for id in ids.dropLast() { try await workplace.wait(for: id, toBe: "done") }
        try await workplace.wait(for: ids[5], toBe: "failed")
        #expect(try await workplace.job(ids[5]).error == "exited with 1")
        // Not one is left, as a zombie or otherwise.
        try await #expect(eventually { try children(of: daemon).isEmpty })
    }

    /// Whether a namespace for processes can be had here.
    private static let canUnshare: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = ["--pid", "--fork", "--mount-proc", "true"]
        do {
            try process.run()
        } catch {
            return false
        }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}
