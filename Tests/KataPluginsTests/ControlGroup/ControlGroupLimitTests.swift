import Foundation
import Kata
import KataTestSupport
import Testing

@testable import KataPlugins

@Suite("Limits of a control group", .timeLimit(.minutes(10)))
struct ControlGroupLimitTests {
    @Test("that would not hold are faults", arguments: [("memory", "64M"), ("pids", "10")])
    func unavailable(key: String, value: String) throws {
        let faults = #expect(throws: ConfigurationFaults.self) {
            try ExecRunner(
                ["/bin/true"], ["cgroup": .map([(key: key, node: .text(value))])],
                groups: .unavailable(reason: "it was not delegated", isDelegated: false))
        }
        #expect(faults?.faults.map(\.message) == ["\(key) can't be limited: it was not delegated"])
    }

    @Test("are none that can't be kept to where no daemon runs")
    func check() throws {
        _ = try ExecRunner(["/bin/true"], ["cgroup": .map(["memory": .text("64M"), "pids": .text("10")])])
    }

    @Test(
        "on processes stop a fork bomb, which fails with them as the reason, and others go on",
        .enabled(if: canLimitPids, "no group can limit processes here"))
    func forkBomb() async throws {
        let group = try DelegatedGroup()
        let script = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do sleep 1000 & done; exit 0"
        let bomb = try ExecRunner(
            script: script, ["item": .text("none"), "cgroup": .map(["pids": .text("10")])], groups: group.state)
        let failure = await bomb.run().failure
        #expect(failure?.reason.hasPrefix("exited with 2: ") == true)
        #expect(failure?.reason.hasSuffix(" (it reached its limit of 10 processes and threads)") == true)
        // One that never ends by itself: each process starts two, again and again.
        let endless = try ExecRunner(
            script: "f() { while :; do f & f & done; }; f",
            ["item": .text("none"), "cgroup": .map(["pids": .text("30")])], groups: group.state)
        let task = Task { await endless.run() }
        for _ in 1...20 { #expect(try await ExecRunner(script: "echo fine").run().output == "fine\n") }
        task.cancel()
        let outcome = await task.value
        #expect(outcome.isCutOff || outcome.failure != nil)
        try await #expect(eventually { !group.root.isPopulated })
    }

    @Test(
        "on memory end who uses more, which is no interruption",
        .enabled(if: canLimitMemory, "no group can limit memory here"))
    func memory() async throws {
        let group = try DelegatedGroup()
        let command = ["/bin/dd", "if=/dev/zero", "of=/dev/null", "bs=256M", "count=1", "status=none"]
        let runner = try ExecRunner(
            command, ["item": .text("none"), "cgroup": .map(["memory": .text("32M")])], groups: group.state)
        let failure = await runner.run().failure
        #expect(failure?.reason == "used more memory than its limit of 32 MiB")
        #expect(failure?.retry == .byPolicy)
    }

    @Test(
        "are said in units that fit",
        arguments: [
            (UInt64(512) << 20, "512 MiB"), (1 << 30, "1 GiB"), (1_536 << 20, "1536 MiB"), (1_000, "1000 bytes"),
        ])
    func units(bytes: UInt64, text: String) {
        #expect(ControlGroupLimit.memory(bytes).description == "used more memory than its limit of \(text)")
    }

    private static let canLimitPids = DelegatedGroup.isPossible && DelegatedGroup.canLimit("pids")
    private static let canLimitMemory = DelegatedGroup.isPossible && DelegatedGroup.canLimit("memory")
}
