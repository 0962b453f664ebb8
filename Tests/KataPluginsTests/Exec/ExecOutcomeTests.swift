import Foundation
import Glibc
import Kata
import KataTestSupport
import Testing

@testable import KataPlugins

/// How a process ends decides what becomes of the attempt.
@Suite("The end of an executable", .timeLimit(.minutes(10)))
struct ExecOutcomeTests {
    @Test("with code 0 is success")
    func success() async throws {
        let outcome = try await ExecRunner(script: "echo fine; echo noise >&2").run()
        #expect(outcome.isDone)
        #expect(outcome.output == "fine\n")
    }

    @Test(
        "with another code fails the attempt, and the code says whether to try again",
        arguments: [
            (1 as Int32, JobFailure.Retry.byPolicy), (2, .byPolicy), (64, .byPolicy), (65, .never), (66, .byPolicy),
            (74, .byPolicy), (75, .again), (76, .byPolicy), (127, .byPolicy), (255, .byPolicy),
        ]
    )
    func exitCode(code: Int32, retry: JobFailure.Retry) async throws {
        let outcome = try await ExecRunner(script: "exit \(code)").run()
        #expect(outcome.failure == JobFailure("exited with \(code)", retry: retry, exitCode: code, kind: .exit))
    }

    @Test("comes after all that it printed, on both streams, unless nothing is to be kept")
    func prints() async throws {
        let script = "echo one; sleep 0.2; echo two >&2; exit 1"
        let prints = Notes<String>()
        _ = try await ExecRunner(script: script).run(prints: prints)
        #expect(prints.all == ["out: one\n", "err: two\n"])
        let none = Notes<String>()
        _ = try await ExecRunner(script: script, ["item": .text("none"), "output_limit": .text("0")]).run(prints: none)
        #expect(none.all == [])
    }

    @Test("gives its last line on stderr as the reason")
    func reason() async throws {
        let outcome = try await ExecRunner(script: "echo first >&2; echo 'no such user: bob' >&2; exit 65").run()
        #expect(
            outcome.failure == JobFailure("exited with 65: no such user: bob", retry: .never, exitCode: 65, kind: .exit)
        )
    }

    @Test("gives a reason of one printable line that is not too long")
    func longReason() async throws {
        let script = #"printf 'a\033[31m%s' "$(head -c 100000 /dev/zero | tr '\0' x)" >&2; exit 1"#
        let reason = try #require(await ExecRunner(script: script).run().failure?.reason)
        #expect(reason.hasPrefix("exited with 1: "))
        #expect(reason.utf8.count < 2_000)
        #expect(!reason.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }

    @Test(
        "by a signal fails the attempt, and names the signal",
        arguments: [
            (SIGHUP, "Hangup"), (SIGINT, "Interrupt"), (SIGQUIT, "Quit"), (SIGILL, "Illegal instruction"),
            (SIGTRAP, "Trace/breakpoint trap"), (SIGABRT, "Aborted"), (SIGBUS, "Bus error"),
            (SIGFPE, "Floating point exception"), (SIGKILL, "Killed"), (SIGUSR1, "User defined signal 1"),
            (SIGSEGV, "Segmentation fault"), (SIGPIPE, "Broken pipe"), (SIGALRM, "Alarm clock"),
            (SIGTERM, "Terminated"), (SIGXCPU, "CPU time limit exceeded"), (SIGSYS, "Bad system call"),
        ]
    )
    func deathBySignal(signal: Int32, name: String) async throws {
        // In a directory of its own, where a core may be left.
        let directory = try TemporaryDirectory()
        let runner = try ExecRunner(
            script: "kill -\(signal) $$", ["item": .text("none"), "directory": .text(directory.path)])
        let outcome = await runner.run()
        #expect(
            outcome.failure
                == JobFailure(
                    "was killed by signal \(signal) (\(name))", retry: .byPolicy, exitCode: 128 + signal, kind: .signal)
        )
    }

    @Test("is known even where the host inherited that its children are not waited for")
    func ignoredChildSignal() async {
        await #expect(processExitsWith: .success) {
            // As `(trap '' CHLD; exec katad)` leaves it.
            Glibc.signal(SIGCHLD, SIG_IGN)
            let outcome = try await ExecRunner(script: "exit 65").run()
            #expect(outcome.failure == JobFailure("exited with 65", retry: .never, exitCode: 65, kind: .exit))
        }
    }

    @Test("keeps the output of an attempt that failed")
    func outputOfFailure() async throws {
        let outcome = try await ExecRunner(script: "echo half; kill -9 $$").run()
        #expect(outcome.failure != nil)
        #expect(outcome.output == "half\n")
    }

    @Test("keeps all of stderr with an attempt that failed, where the reason is only a part of it")
    func errorsOfFailure() async throws {
        let script = "echo out; printf 'Traceback:\\n  line 1\\nValueError: no\\n' >&2; exit 1"
        let outcome = try await ExecRunner(script: script).run()
        #expect(outcome.failure == JobFailure("exited with 1: ValueError: no", exitCode: 1, kind: .exit))
        #expect(outcome.output == "out\n[stderr]\nTraceback:\n  line 1\nValueError: no\n")
        // What the reason says already is not said twice, and what was fine has only its output.
        #expect(try await ExecRunner(script: "echo out; echo no >&2; exit 1").run().output == "out\n")
        #expect(try await ExecRunner(script: "echo out; echo a >&2; echo b >&2").run().output == "out\n")
    }

    @Test("keeps as much of stderr as of stdout")
    func boundedErrors() async throws {
        let keys: KeyValuePairs = ["item": ConfigurationNode.text("none"), "output_limit": .text("4")]
        let outcome = try await ExecRunner(script: "echo 123456; echo é23456 >&2; exit 1", keys).run()
        #expect(outcome.output == "1234\n[3 more bytes were not kept]\n[stderr]\né23\n[4 more bytes were not kept]")
    }

    @Test("keeps no output where there was none")
    func noOutput() async throws {
        #expect(try await ExecRunner(["/bin/true"], ["item": .text("none")]).run().output == nil)
    }

    @Test("logs stderr line by line with the job's id, the last line without a line break, too")
    func log() async throws {
        let runner = try ExecRunner(script: "echo one >&2; printf two >&2")
        _ = await runner.run(id: 42)
        #expect(runner.log == ["job 42: stderr: one", "job 42: stderr: two"])
    }
}
