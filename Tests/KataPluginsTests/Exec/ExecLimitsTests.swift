import Foundation
import Kata
import KataTestSupport
import Testing

@testable import KataPlugins

@Suite("The limits of an executable", .timeLimit(.minutes(10)))
struct ExecLimitsTests {
    @Test("are those that are configured")
    func areSet() async throws {
        let runner = try runner(
            ["/bin/sh", "-c", "ulimit -v; ulimit -n; ulimit -t; ulimit -f; ulimit -Hn"],
            ["memory": .text("256M"), "open_files": .text("77"), "cpu_time": .text("2m"), "file_size": .text("1M")])
        // A shell counts the memory in KiB, and files in blocks of 512 bytes.
        #expect(await runner.run().output == "262144\n77\n120\n2048\n77\n")
    }

    @Test("that are not configured are the host's")
    func areInherited() async throws {
        let script = "ulimit -v; ulimit -n; ulimit -t; ulimit -f"
        let runner = try runner(["/bin/sh", "-c", script], ["open_files": .text("77")])
        let lines = await runner.run().output?.split(separator: "\n") ?? []
        let usual = try await ExecRunner(script: script).run().output?.split(separator: "\n") ?? []
        try #require(lines.count == 4 && usual.count == 4)
        #expect(lines[1] == "77")
        #expect([lines[0], lines[2], lines[3]] == [usual[0], usual[2], usual[3]])
    }

    @Test("on memory make an allocation fail")
    func memory() async throws {
        let command = ["/bin/dd", "if=/dev/zero", "of=/dev/null", "bs=256M", "count=1", "status=none"]
        #expect(try await runner(command, ["memory": .text("1G")]).run().isDone)
        let failure = try await runner(command, ["memory": .text("64M")]).run().failure
        #expect(failure?.reason.hasPrefix("exited with 1: ") == true)
        #expect(failure?.reason.contains("memory exhausted") == true)
    }

    @Test("on CPU time end a loop, and the reason says that it was that")
    func cpuTime() async throws {
        let failure = try await runner(["/bin/sh", "-c", "while :; do :; done"], ["cpu_time": .text("1s")]).run()
            .failure
        #expect(failure?.reason == "was killed by signal \(SIGXCPU) (CPU time limit exceeded)")
    }

    @Test("on the size of files end who writes more")
    func fileSize() async throws {
        let directory = try TemporaryDirectory()
        let command = [
            "/bin/dd", "if=/dev/zero", "of=\(directory.path("file"))", "bs=4096", "count=100", "status=none",
        ]
        let failure = try await runner(command, ["file_size": .text("64K")]).run().failure
        #expect(failure?.reason == "was killed by signal \(SIGXFSZ) (File size limit exceeded)")
        let size = try FileManager.default.attributesOfItem(atPath: directory.path("file"))[.size] as? Int
        #expect(size == 64 << 10)
    }

    @Test("on open files make opening more fail")
    func openFiles() async throws {
        let command = ["/bin/sh", "-c", "exec 3</dev/null 4</dev/null 5</dev/null && echo opened"]
        #expect(try await runner(command, ["open_files": .text("64")]).run().output == "opened\n")
        let outcome = try await runner(command, ["open_files": .text("5")]).run()
        #expect(outcome.failure != nil)
        #expect(outcome.output == nil)
    }

    @Test(
        "on processes stop a fork bomb, which then fails alone",
        .enabled(if: geteuid() == 0, "the limit counts all processes of a user, and needs one that has no others"))
    func processes() async throws {
        // The bomb: each process starts two, and waits for them.
        let bomb = "f() { f & f & wait; }; f; exit 1"
        let runner = try ExecRunner(
            script: bomb,
            [
                "item": .text("none"), "user": .text("games"), "limits": .map(["processes": .text("30")]),
                "kill_after": .text("0"),
            ])
        let task = Task { await runner.run() }
        // Others go on meanwhile.
        for _ in 1...20 { #expect(try await ExecRunner(script: "echo fine").run().output == "fine\n") }
        task.cancel()
        let outcome = await task.value
        #expect(outcome.isCutOff || outcome.failure != nil)
        try await #expect(eventually { try processCount(of: "games") == 0 })
    }

    private func runner(_ command: [String], _ limits: KeyValuePairs<String, ConfigurationNode>) throws -> ExecRunner {
        try ExecRunner(command, ["item": .text("none"), "limits": .map(limits)])
    }

    /// How many processes of that user have not ended.
    private func processCount(of user: String) throws -> Int {
        let owner = try #require(getpwnam(user)?.pointee.pw_uid)
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").count { name in
            var status = stat()
            guard let process = pid_t(name), stat("/proc/\(name)", &status) == 0 else { return false }
            return status.st_uid == owner && ProcessTable.isAlive(process)
        }
    }
}
