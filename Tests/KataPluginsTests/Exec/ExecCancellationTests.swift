import Foundation
import Kata
import KataTestSupport
import Testing

@testable import KataPlugins

/// A drain, a timeout and `kata-ctl cancel` all cancel the handler's task.
@Suite("Cancelling an executable", .timeLimit(.minutes(10)))
struct ExecCancellationTests {
    @Test("ends it, and counts as cut off")
    func ends() async throws {
        let (outcome, process) = try await cancelOnceReady("ready $$; exec sleep 1000")
        #expect(outcome.isCutOff)
        #expect(!ProcessTable.isAlive(process))
    }

    @Test("kills it after kill_after if it ignores SIGTERM, and not before")
    func ignoringTermination() async throws {
        let start = ContinuousClock.now
        let (outcome, process) = try await cancelOnceReady(
            "trap '' TERM; ready $$; while :; do sleep 1000; done", killAfter: "300ms")
        #expect(outcome.isCutOff)
        #expect(!ProcessTable.isAlive(process))
        #expect(start.duration(to: .now) >= .milliseconds(300))
    }

    @Test("lets it clean up before it ends, and counts as cut off even so")
    func cleansUp() async throws {
        let (outcome, _) = try await cancelOnceReady(
            "trap 'echo cleaned up; exit 0' TERM; ready $$; while :; do sleep 0.01; done")
        #expect(outcome.isCutOff)
        #expect(outcome.output == "cleaned up\n")
    }

    @Test("ends what it started as well")
    func endsGroup() async throws {
        let (outcome, child) = try await cancelOnceReady("sleep 1000 & ready $!; wait")
        #expect(outcome.isCutOff)
        try await #expect(eventually { !ProcessTable.isAlive(child) })
    }

    @Test("reaches one that is stopped")
    func stopped() async throws {
        let (outcome, process) = try await cancelOnceReady("ready $$; kill -STOP $$; exec sleep 1000")
        #expect(outcome.isCutOff)
        #expect(!ProcessTable.isAlive(process))
    }

    @Test("before it is started leaves it out")
    func beforeStart() async throws {
        let directory = try TemporaryDirectory()
        let runner = try ExecRunner(["/usr/bin/touch", directory.path("touched")], ["item": .text("none")])
        let task = Task {
            // Until the task is cancelled.
            try? await Latch().wait()
            return await runner.run()
        }
        task.cancel()
        #expect(await task.value.isCutOff)
        #expect(try directory.names().isEmpty)
    }

    @Test("at random moments ends in one of two ways, and leaves nothing behind")
    func randomMoments() async {
        await #expect(processExitsWith: .success) {
            let runner = try ExecRunner(["/bin/sleep", "0.002"], ["item": .text("none")])
            // The first process and the first sleep open descriptors that stay.
            _ = await runner.run()
            try await Task.sleep(for: .milliseconds(1))
            let descriptors = try ProcessTable.descriptors()
            var generator = SeededGenerator(seed: 4)
            var done = 0
            for _ in 1...300 {
                let task = Task { await runner.run() }
                try await Task.sleep(for: .microseconds(Int.random(in: 0...6_000, using: &generator)))
                task.cancel()
                let outcome = await task.value
                #expect(outcome.isDone || outcome.isCutOff, "\(String(describing: outcome.error))")
                if outcome.isDone { done += 1 }
                #expect(try ProcessTable.children().isEmpty, "a process is left")
            }
            #expect((1..<300).contains(done), "\(done) were done")
            let left = try ProcessTable.descriptors().subtracting(descriptors)
            #expect(left.isEmpty, "\(left) are left")
        }
    }

    /// Runs a script, and cancels it once it has said `ready` with the number of the process that is to be looked at.
    private func cancelOnceReady(
        _ script: String, killAfter: String = "1h"
    ) async throws -> (outcome: ExecRunner.Outcome, process: pid_t) {
        let directory = try TemporaryDirectory()
        // In one step, so that nobody reads half a number.
        let ready = "ready() { echo $1 > new; mv new ready; }"
        let runner = try ExecRunner(
            script: "\(ready); \(script)",
            ["item": .text("none"), "kill_after": .text(killAfter), "directory": .text(directory.path)])
        let task = Task { await runner.run() }
        try await #require(eventually { FileManager.default.fileExists(atPath: directory.path("ready")) })
        let process = try #require(pid_t(directory.read("ready").trimmingCharacters(in: .newlines)))
        task.cancel()
        return (await task.value, process)
    }
}
