import Foundation
import KataTestSupport
import Testing

/// A service manager that wants signs of life, and a daemon a part of which hangs.
@Suite("A daemon a part of which hangs", .timeLimit(.minutes(10)))
struct HangTests {
    private static let greetDaemon = Binaries.directory + "/greet-daemon"
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Support/freeze-thread.py").path
    private static let interval = 2_000_000
    private let workplace: Workplace
    private let manager: NotifySocket

    init() throws {
        workplace = try Workplace()
        manager = try NotifySocket(workplace.path("notify"))
    }

    @Test(
        "gives no sign, says which part it is, and goes on as soon as that does",
        arguments: [
            ("kata-http", "event loop"), ("kata-recorder", "recorder"), ("kata-timer", "timer thread"),
            ("kata-exec", "thread kata-exec"),
        ])
    func frozen(thread: String, part: String) async throws {
        // As the log quotes it.
        let name = part.contains(" ") ? "\"\(part)" : part
        try workplace.writeInbox(script: "true")
        let daemon = try await startWatched()
        // The thread of exec is there with the first job.
        let first = try await workplace.submit(["a"])[0]
        try await workplace.wait(for: first, toBe: "done")
        guard let freezer = try await freeze(thread, of: daemon) else { return }
        try await #require(
            eventually { daemon.standardError.contains("a part of the daemon does not get on part=\(name)") },
            "\(daemon.standardError)")
        if thread != "kata-http" {
            let status = try await workplace.ctl("status")
            #expect(status.output.contains("\(part)"), "\(status.output)")
            #expect(status.output.contains("does not get on since"), "\(status.output)")
        }
        // What was given before may still be there.
        while manager.receive() != nil {}
        #expect(try await givesNoSign())

        freezer.kill(SIGKILL)
        #expect(try await manager.next(having: "WATCHDOG").fields["WATCHDOG"] == "1")
        try await #expect(
            eventually { daemon.standardError.contains("a part of the daemon gets on again part=\(name)") })
        let second = try await workplace.submit(["b"])[0]
        try await workplace.wait(for: second, toBe: "done")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("gives no sign while handlers block all threads of the pool")
    func blockedPool() async throws {
        let jobs = 2 * ProcessInfo.processInfo.activeProcessorCount
        try workplace.writeInbox(queue: jobs, workers: jobs, consumer: "{ plugin: block }")
        let daemon = try await startWatched(Self.greetDaemon)
        try await workplace.submit((1...jobs).map { _ in workplace.path("end") })
        try await #require(
            eventually { daemon.standardError.contains("does not get on part=tasks") }, "\(daemon.standardError)")
        while manager.receive() != nil {}
        #expect(try await givesNoSign())
        try workplace.write("", to: "end")
        #expect(try await manager.next(having: "WATCHDOG").fields["WATCHDOG"] == "1")
        try await #expect(eventually { daemon.standardError.contains("gets on again part=tasks") })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("gives its signs while handlers work for however long, and while it is paused")
    func slowHandlers() async throws {
        try workplace.writeInbox(script: "touch begun; while [ ! -e end ]; do sleep 0.05; done", workers: 1)
        // So short that the work takes many times as long.
        let daemon = try await startWatched(microseconds: 200_000)
        let ids = try await workplace.submit(["a", "b", "c"])
        try await #require(eventually { FileManager.default.fileExists(atPath: workplace.path("begun")) })
        for _ in 1...50 { #expect(try await manager.next(having: "WATCHDOG").fields["WATCHDOG"] == "1") }
        _ = try await workplace.ctl("pause", "mail")
        try workplace.write("", to: "end")
        try await workplace.wait(for: ids[0], toBe: "done")
        for _ in 1...50 { #expect(try await manager.next(having: "WATCHDOG").fields["WATCHDOG"] == "1") }
        #expect(try await workplace.status().progress?.state == "ok")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        #expect(!daemon.standardError.contains("does not get on part=\"pipeline"), "\(daemon.standardError)")
    }

    private func startWatched(_ program: String = Binaries.katad, microseconds: Int = interval) async throws
        -> ChildProcess
    {
        let daemon = try ChildProcess(
            program, ["--config", "kata.yaml"],
            environment: ["NOTIFY_SOCKET": workplace.path("notify"), "WATCHDOG_USEC": "\(microseconds)"],
            in: workplace.directory)
        return try await workplace.answering(daemon)
    }

    /// Stops the threads whose names begin like that, until the returned process ends; `nil` where that is not allowed.
    private func freeze(_ thread: String, of daemon: ChildProcess) async throws -> ChildProcess? {
        let freezer = try ChildProcess("python3", [Self.script, "\(daemon.pid)", thread], in: workplace.directory)
        try await #require(eventually { freezer.hasEnded || freezer.standardOutput.hasSuffix("\n") })
        guard freezer.hasEnded else {
            try #require(freezer.standardOutput != "0\n", "there is no thread '\(thread)'")
            return freezer
        }
        try #require(
            freezer.standardError.contains("Operation not permitted") || freezer.standardError.contains("No such file"),
            "\(freezer.standardError)")
        print("skipped: no thread can be stopped here, which takes python3 and ptrace(2)")
        return nil
    }

    /// Whether no sign comes for half as long as the manager waits for one.
    private func givesNoSign() async throws -> Bool {
        let deadline = ContinuousClock.now + .microseconds(Self.interval / 2)
        while ContinuousClock.now < deadline {
            if manager.receive()?.fields["WATCHDOG"] != nil { return false }
            try await Task.sleep(for: .milliseconds(10))
        }
        return true
    }
}
