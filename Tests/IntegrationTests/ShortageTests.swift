import Foundation
import KataTestSupport
import Testing

/// What is taken for granted, and is not there: descriptors, threads, `/proc`, a moment without signals.
@Suite("Where there is a shortage, the daemon", .timeLimit(.minutes(10)))
struct ShortageTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
        try workplace.writeInbox(script: "ulimit -n")
    }

    /// What other tests have open beside this one is not to count.
    private static let closingOthers =
        "for file in /proc/self/fd/*; do number=${file##*/}; ((number > 2)) && eval \"exec $number>&-\"; done; "

    @Test("refuses to start without descriptors, and says so", arguments: [4, 6, 8, 10, 12, 16, 20, 30, 40, 60, 70])
    func fewDescriptors(limit: Int) async throws {
        let command = Self.closingOthers + "ulimit -n \(limit) && exec \"$@\""
        for (program, arguments) in [(Binaries.katad, ["--config", "kata.yaml"]), (Binaries.kataControl, ["status"])] {
            if program == Binaries.kataControl && limit > 16 { continue }
            let outcome = try await workplace.run("bash", ["-c", command, "bash", program] + arguments)
            #expect(outcome.code == 73, "\(program) with \(limit): \(outcome.errors)")
            let sentence =
                /: cannot (open files|open \d+ files|trap signals): Too many open files; allow this process more open/
            #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
            #expect(outcome.errors.filter { $0 == "\n" }.count == 1, "\(outcome.errors)")
        }
    }

    @Test("works with few descriptors, has jobs wait for them, and goes on")
    func fewDescriptorsLater() async throws {
        try workplace.writeInbox(
            script: "touch begun.$KATA_ITEM; while [ ! -e end ]; do sleep 0.05; done", workers: 100)
        let daemon = try ChildProcess(
            "bash", ["-c", Self.closingOthers + "ulimit -n 100; exec \"$0\" --config kata.yaml", Binaries.katad],
            in: workplace.directory)
        _ = try await workplace.answering(daemon)
        let ids = try await workplace.submit((1...60).map { "\($0)" })
        try await #require(eventually { daemon.standardError.contains("no room for a process, waiting") })
        try workplace.write("", to: "end")
        for id in ids {
            try await workplace.wait(for: id, toBe: "done")
            #expect(try await workplace.job(id).attempts?.count == 1)
        }
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("refuses to start without threads, and says so")
    func fewThreads() async throws {
        // The number of processes does not bind root, and counts all of a user.
        let user = "61234"
        guard geteuid() == 0 else { return print("skipped: another user's limits take root") }
        chmod(workplace.directory.path, 0o777)
        let other = ["--reuid=\(user)", "--regid=\(user)", "--clear-groups"]
        guard try await workplace.run("setpriv", other + ["test", "-x", Binaries.katad]).code == 0 else {
            return print("skipped: other users can't run \(Binaries.katad)")
        }
        for limit in 1...12 {
            let outcome = try await workplace.run(
                "setpriv", other + ["prlimit", "--nproc=\(limit)", Binaries.katad, "--config", "kata.yaml"])
            #expect(outcome.code == 73, "\(outcome.errors)")
            #expect(
                outcome.errors.contains(/cannot start (16 )?threads: Resource temporarily unavailable; allow its user/))
        }
    }

    @Test("gives what it starts the limit of descriptors that it was started with")
    func childrensDescriptors() async throws {
        let daemon = try ChildProcess(
            "prlimit", ["--nofile=700:5000", Binaries.katad, "--config", "kata.yaml"], in: workplace.directory)
        _ = try await workplace.answering(daemon)
        let limits = try String(contentsOfFile: "/proc/\(daemon.pid)/limits", encoding: .utf8)
        #expect(limits.contains(/Max open files +4096 +5000/), "it has raised its own: \(limits)")
        let id = try await workplace.submit(["a"])[0]
        try await workplace.wait(for: id, toBe: "done")
        #expect(try await workplace.job(id).attempts?.last?.output == "700\n")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("starts without /proc, and has its arguments")
    func withoutProc() async throws {
        guard try await workplace.run("unshare", ["-m", "umount", "-l", "/proc"]).code == 0 else {
            return print("skipped: /proc can't be unmounted, which takes root and unshare(1)")
        }
        let command = "umount -l /proc && exec \"$@\""
        let daemon = try ChildProcess(
            "unshare",
            ["-m", "sh", "-c", command, "sh", Binaries.katad, "--config", "kata.yaml", "--log-level", "debug"],
            in: workplace.directory)
        _ = try await workplace.answering(daemon)
        let id = try await workplace.submit(["a"])[0]
        try await workplace.wait(for: id, toBe: "done")
        let control = try await workplace.run(
            "unshare", ["-m", "sh", "-c", command, "sh", Binaries.kataControl, "status", "--socket", workplace.socket])
        #expect(control.code == 0, "\(control.errors)")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
    }

    @Test("works without standard descriptors", arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
    func closedDescriptors(redirections: String) async throws {
        let daemon = try ChildProcess(
            "sh", ["-c", "exec \"$@\" \(redirections)", "sh", Binaries.katad, "--config", "kata.yaml"],
            in: workplace.directory)
        _ = try await workplace.answering(daemon)
        for number in 0...2 {
            let target = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(daemon.pid)/fd/\(number)")
            #expect(target == "/dev/null" || target.hasSuffix(".out") || target.hasSuffix(".err"))
        }
        let id = try await workplace.submit(["a"])[0]
        try await workplace.wait(for: id, toBe: "done")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("ends well when it is told to as early as it can hear that, and keeps a reload for later", arguments: 0..<10)
    func earlySignals(round: Int) async throws {
        let daemon = try workplace.startDaemon()
        try await #require(eventually { daemon.hasEnded || traps(SIGHUP, daemon.pid) })
        daemon.kill(SIGHUP)
        if round % 2 == 0 {
            try await #require(eventually { daemon.standardError.contains("configuration reloaded") })
        }
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
        #expect(daemon.standardError.contains("draining"))
    }

    @Test("says of a file system that takes no writes that this is so, and nothing of a mode")
    func readOnly() async throws {
        guard let mount = try MemoryMount(at: workplace.path("disk")) else { return }
        defer { withExtendedLifetime(mount) {} }
        let outcome = try await workplace.run(
            Binaries.katad, ["--config", "kata.yaml", "--once", "--database", "disk/kata.db"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        // It waits for such a file system, too.
        try workplace.write("store_patience: 1s\n" + workplace.read("kata.yaml"), to: "kata.yaml")
        try #require(try await workplace.run("mount", ["-o", "remount,ro", workplace.path("disk")]).code == 0)
        for database in ["disk/kata.db", "disk/other.db"] {
            let refused = try await workplace.runDaemon("--once", "--database", database)
            #expect(refused.code == 74, "\(refused.errors)")
            #expect(refused.errors.contains("takes no writes") || refused.errors.contains("Read-only file system"))
            #expect(!refused.errors.contains("mode"))
        }
    }

    /// Whether the process has a handler for that signal: whoever was not told yet can't do better than end.
    private func traps(_ signal: Int32, _ process: pid_t) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("SigCgt:") }),
            let mask = UInt64(line.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16)
        else { return false }
        return mask & 1 << (signal - 1) != 0
    }
}
