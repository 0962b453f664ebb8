import Foundation
import Glibc
import KataTestSupport
import Testing

/// A log that nobody reads: standard error is a pipe that is full.
@Suite("A log that nobody reads", .timeLimit(.minutes(20)))
struct UnreadLogTests {
    @Test("stops neither the work nor the drain")
    func unread() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 20_000, workers: 4, interval: "0", duration: "0")
        // The shell holds the reading end, and reads nothing before the daemon has ended.
        let shell = try ChildProcess(
            "/bin/bash",
            [
                "-c",
                "exec 3> >(read -r go <go; cat >log); '\(Binaries.katad)' --config kata.yaml --log-level trace 2>&3 & "
                    + "echo $! >pid; wait $!; echo $? >code",
            ], in: workplace.directory)
        #expect(mkfifo(workplace.path("go"), 0o600) == 0)
        try await workplace.waitForSocket()
        try await #require(
            eventually { try await workplace.status().pipelines[0].run?.finished == true })
        let pid = try #require(Int32(workplace.read("pid").trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(kill(pid, SIGTERM) == 0)
        try await #require(eventually { (try? workplace.read("code")) == "0\n" })
        #expect(try await Recorded(in: workplace).isComplete(items: 20_000))
        try workplace.run(to: "go")
        _ = try await shell.wait()
    }
}

extension Workplace {
    /// Lets go whoever waits for a line of that FIFO.
    fileprivate func run(to fifo: String) throws {
        let descriptor = open(path(fifo), O_RDWR | O_NONBLOCK)
        try #require(descriptor >= 0)
        #expect(Glibc.write(descriptor, "go\n", 3) == 3)
        // Closed with the process: a FIFO that its last writer has closed loses what nobody has read.
    }
}
