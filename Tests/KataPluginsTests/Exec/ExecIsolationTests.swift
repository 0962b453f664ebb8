import Foundation
import Kata
import KataTestSupport
import Testing

@testable import KataPlugins

/// Nothing of the host gets to an executable that the configuration does not give it.
@Suite("An executable is given", .timeLimit(.minutes(10)))
struct ExecIsolationTests {
    @Test("the environment that is configured, and nothing else")
    func environment() async {
        await #expect(processExitsWith: .success) {
            for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "KATA_SECRET", "LD_PRELOAD_X", "HOME", "LANG"] {
                setenv(name, "leaked", 1)
            }
            let runner = try ExecRunner(
                ["/usr/bin/env"],
                [
                    "item": .text("none"), "inherit": .list([]),
                    "environment": .map(["B": .text("two words"), "A": .text("1")]),
                ])
            let lines = await runner.run(id: 12, attempt: 3).output?.split(separator: "\n").sorted()
            #expect(
                lines == [
                    "A=1", "B=two words", "KATA_ATTEMPT=3", "KATA_CONSUMER_ID=c1", "KATA_JOB_ID=12", "KATA_PIPELINE=p",
                    "PATH=/usr/local/bin:/usr/bin:/bin",
                ])
        }
    }

    @Test("of the host's environment what is harmless, unless the configuration says otherwise")
    func inherited() async {
        await #expect(processExitsWith: .success) {
            for name in ["NOTIFY_SOCKET", "KATA_SECRET", "AWS_SECRET_ACCESS_KEY", "LISTEN_FDS"] {
                setenv(name, "leaked", 1)
            }
            setenv("HOME", "/home/x", 1)
            setenv("TZ", "Europe/Berlin", 1)
            setenv("EXTRA", "wanted", 1)
            let usual = try await ExecRunner(["/usr/bin/env"], ["item": .text("none")]).run().output ?? ""
            #expect(!usual.contains("leaked"))
            #expect(!usual.contains("EXTRA"))
            #expect(usual.contains("HOME=/home/x\n"))
            #expect(usual.contains("TZ=Europe/Berlin\n"))
            let runner = try ExecRunner(
                ["/usr/bin/env"],
                ["item": .text("none"), "inherit": .list(["EXTRA", "TZ"]), "environment": .map(["TZ": .text("UTC")])])
            let chosen = await runner.run().output ?? ""
            #expect(chosen.contains("EXTRA=wanted\n"))
            #expect(!chosen.contains("HOME="))
            #expect(chosen.contains("TZ=UTC\n"))
            #expect(!chosen.contains("Berlin"))
        }
    }

    @Test("the item as KATA_ITEM where that is configured")
    func itemInEnvironment() async throws {
        let runner = try ExecRunner(["/usr/bin/printenv", "KATA_ITEM"], ["item": .text("environment")])
        #expect(await runner.run("a=b\n'c'").output == "a=b\n'c'\n")
    }

    @Test("its job's variables once, whatever the configuration calls its own")
    func jobVariablesAreTrue() async throws {
        let runner = try ExecRunner(
            ["/usr/bin/env"], ["item": .text("none"), "environment": .map(["KATA_JOB_ID": .text("999")])])
        let lines = await runner.run(id: 12).output?.split(separator: "\n").filter { $0.hasPrefix("KATA_JOB_ID=") }
        #expect(lines == ["KATA_JOB_ID=12"])
    }

    @Test("the descriptors 0 to 2, and no other")
    func descriptors() async throws {
        // Ones that are not closed on exec, near and far.
        let near = open("/dev/null", O_RDONLY)
        try #require(near >= 0)
        let far = fcntl(near, F_DUPFD, 500)
        try #require(far >= 500)
        defer {
            close(near)
            close(far)
        }
        let runner = try ExecRunner(script: "ls /proc/$$/fd")
        for _ in 1...20 { #expect(await runner.run().output == "0\n1\n2\n") }
    }

    @Test("no blocked, ignored or caught signal")
    func signals() async {
        await #expect(processExitsWith: .success) {
            for number in [SIGHUP, SIGINT, SIGPIPE, SIGUSR1, SIGTSTP] { signal(number, SIG_IGN) }
            blockSignals()
            // Not grep, which catches a signal itself.
            let runner = try ExecRunner(["/bin/cat", "/proc/self/status"], ["item": .text("none")])
            let lines = await runner.run().output?.split(separator: "\n").filter { line in
                ["SigBlk", "SigIgn", "SigCgt"].contains { line.hasPrefix($0) }
            }
            #expect(
                lines == [
                    "SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000", "SigCgt:\t0000000000000000",
                ])
        }
    }

    @Test("a session and a group of its own")
    func session() async throws {
        let output = try await ExecRunner(script: "cut -d' ' -f1,5,6 /proc/$$/stat").run().output ?? ""
        let numbers = output.split(whereSeparator: \.isWhitespace)
        #expect(numbers.count == 3)
        #expect(Set(numbers).count == 1)
        #expect(numbers.first != "\(getpid())")
    }

    @Test("the directory that is configured, or else the host's")
    func directory() async throws {
        let directory = try TemporaryDirectory()
        let runner = try ExecRunner(["/bin/pwd"], ["item": .text("none"), "directory": .text(directory.path)])
        #expect(await runner.run().output == directory.path + "\n")
        let usual = try ExecRunner(["/bin/pwd"], ["item": .text("none")])
        #expect(await usual.run().output == FileManager.default.currentDirectoryPath + "\n")
    }

    @Test("the rights of the user that is configured, with its groups and its home", .enabled(if: geteuid() == 0))
    func user() async throws {
        let runner = try ExecRunner(
            script: "id -u; id -g; id -G; echo $USER $LOGNAME $HOME; cat /proc/1/environ && echo read",
            ["item": .text("none"), "user": .text("nobody")])
        let outcome = await runner.run()
        let entry = try #require(getpwnam("nobody")?.pointee)
        let home = String(cString: entry.pw_dir)
        #expect(
            outcome.output
                == "\(entry.pw_uid)\n\(entry.pw_gid)\n\(entry.pw_gid)\nnobody nobody \(home)\n")
        #expect(outcome.failure?.retry == .byPolicy)
    }

    @Test("no file of its host's user where it runs as another", .enabled(if: geteuid() == 0))
    func privateFile() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("secret", to: "secret")
        try #require(chmod(directory.path("secret"), 0o600) == 0 && chmod(directory.path, 0o755) == 0)
        let command = ["/bin/cat", directory.path("secret")]
        #expect(try await ExecRunner(command, ["item": .text("none")]).run().output == "secret")
        let other = try await ExecRunner(command, ["item": .text("none"), "user": .text("nobody")]).run()
        #expect(other.output == nil)
        #expect(other.failure?.reason.hasSuffix("Permission denied") == true)
    }
}

/// Blocks signals in this thread and in those that it starts.
private func blockSignals() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGTERM, SIGUSR2, SIGALRM, SIGCONT] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
}
