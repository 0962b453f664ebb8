import Kata
import KataTestSupport
import Testing

@testable import KataPlugins

@Suite("What an executable tells besides its output", .timeLimit(.minutes(10)))
struct ExecReportTests {
    private let progress = Notes<JobProgress>()
    private let checkpoints = Notes<String>()
    private let reporting: KeyValuePairs<String, ConfigurationNode> = [
        "item": .text("none"), "progress": .text("true"),
    ]

    private var report: JobContext.Report {
        JobContext.Report { [progress] in
            progress.add($0)
        } onCheckpoint: { [checkpoints] in
            checkpoints.add($1)
        }
    }

    @Test("is how far it is, and what it leaves for its next attempt")
    func lines() async throws {
        let script = """
            exec 9>&"$KATA_PROGRESS_FD"
            echo 'progress 0' >&9; echo 'progress 0.4 page 4 of 10' >&9; echo 'progress 7' >&9
            echo 'checkpoint offset=4 ü' >&9; printf 'checkpoint last' >&9
            """
        let outcome = try await ExecRunner(script: script, reporting).run(report: report)
        #expect(outcome.isDone)
        #expect(
            progress.all == [
                JobProgress(fraction: 0, text: ""), JobProgress(fraction: 0.4, text: "page 4 of 10"),
                JobProgress(fraction: 1, text: ""),
            ])
        #expect(checkpoints.all == ["offset=4 ü", "last"])
    }

    @Test("is passed over where it can't be read, and said once")
    func unreadable() async throws {
        let script = """
            { echo nonsense; echo 'progress half'; echo progress; printf 'checkpoint \\377\\n'; head -c 100000 /dev/zero
            echo; echo 'checkpoint good'; } >&3
            """
        let runner = try ExecRunner(script: script, reporting)
        let outcome = await runner.run(report: report)
        #expect(outcome.isDone && progress.all.isEmpty && checkpoints.all == ["good"])
        #expect(runner.log.count == 1, "\(runner.log)")
    }

    @Test("takes a checkpoint of the largest size, and none larger")
    func sizes() async throws {
        let script = """
            big() { head -c "$1" /dev/zero | tr '\\0' x; }
            { printf 'checkpoint '; big 65536; echo; printf 'checkpoint '; big 65537; echo; } >&3
            """
        #expect(try await ExecRunner(script: script, reporting).run(report: report).isDone)
        #expect(checkpoints.all.map(\.utf8.count) == [65_536])
    }

    @Test("needs a descriptor, which only is there where the configuration says so")
    func withoutDescriptor() async throws {
        let script = "echo \"${KATA_PROGRESS_FD-none}\"; ls /proc/self/fd | tr '\\n' ' '"
        let plain = try await ExecRunner(script: script).run()
        #expect(plain.output == "none\n0 1 2 3 ", "the last is that of ls")
        let reporting = try await ExecRunner(script: script, self.reporting).run()
        #expect(reporting.output == "3\n0 1 2 3 4 ")
    }

    @Test("comes back to it with the next attempt")
    func given() async throws {
        let report = JobContext.Report()
        report.giveCheckpoint("line 1\nline 2")
        let runner = try ExecRunner(script: "printf %s \"$KATA_CHECKPOINT\"")
        await #expect(runner.run(report: report).output == "line 1\nline 2")
        try await #expect(ExecRunner(script: "echo ${KATA_CHECKPOINT-none}").run().output == "none\n")
    }

    @Test("is what it has used, failed or not")
    func cost() async throws {
        let busy = try await ExecRunner(script: "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; exit 1").run()
        let cost = try #require(busy.cost)
        #expect(cost.userTime > .zero && cost.processorTime < .seconds(600))
        try await #expect(ExecRunner(["/bin/true"]).run().cost != nil)
    }

    @Test("is how much memory it held, where that is more than the daemon's own")
    func memory() async throws {
        // Far more than the tests have.
        let size: Int64 = 1_500 << 20
        let script = "dd if=/dev/zero of=/dev/null bs=1500M count=1 2>/dev/null"
        let outcome = try await ExecRunner(script: script).run()
        guard outcome.isDone else { return print("skipped: there is no room for a process of 1.5 GB") }
        let peak = try #require(outcome.cost?.peakMemory)
        #expect(peak >= size && peak < size + 100 << 20)
        // That of this program would be told otherwise.
        let small = try await ExecRunner(["/bin/true"]).run()
        #expect(small.cost?.peakMemory == nil)
    }
}
