import Foundation
import Kata
import KataTestSupport
import Testing

@testable import KataPlugins

extension Floods {
    /// The attempt is over when the process is, whoever else has its pipes open.
    @Suite("What an executable leaves behind", .timeLimit(.minutes(10)))
    struct ExecEscapeTests {
        @Test("in its group ends with it")
        func group() async throws {
            let outcome = try await ExecRunner(script: "sleep 1000 & echo $!").run()
            #expect(outcome.isDone)
            let child = try #require(outcome.output.flatMap { pid_t($0.dropLast()) })
            try await #expect(eventually { !ProcessTable.isAlive(child) })
        }

        @Test("in a session of its own does not hold up the job")
        func session() async throws {
            let directory = try TemporaryDirectory()
            let outcome = try await ExecRunner(
                script: "setsid sh -c 'echo $$; touch said; exec sleep 1000' & until [ -e said ]; do sleep 0.01; done",
                ["item": .text("none"), "directory": .text(directory.path)]
            ).run()
            #expect(outcome.isDone)
            let child = try #require(outcome.output.flatMap { pid_t($0.dropLast()) })
            #expect(ProcessTable.isAlive(child))
            kill(child, SIGKILL)
        }

        @Test("in a session of its own does not hold up the job even if it writes without end")
        func floodingSession() async {
            // In a process of its own: a reactor that never stops reading would hold up the end of all tests.
            await #expect(processExitsWith: .success) {
                alarm(580)
                for stream in 1...2 {
                    let runner = try ExecRunner(script: "setsid yes >&\(stream) & sleep 0.05; exit 3")
                    for _ in 1...5 {
                        let reason = await runner.run().failure?.reason
                        #expect(reason?.hasPrefix("exited with 3") == true)
                    }
                }
            }
        }

        @Test("does not hold up the job that is cancelled")
        func cancelled() async throws {
            let directory = try TemporaryDirectory()
            let runner = try ExecRunner(
                script: "setsid sh -c 'echo $$ > new; mv new escaped; exec sleep 1000' & wait",
                ["item": .text("none"), "directory": .text(directory.path)])
            let task = Task { await runner.run() }
            try await #require(eventually { FileManager.default.fileExists(atPath: directory.path("escaped")) })
            task.cancel()
            #expect(await task.value.isCutOff)
            kill(try #require(pid_t(directory.read("escaped").dropLast())), SIGKILL)
        }

        @Test("is nothing in a loop of 2,000 that exit at once: no descriptor, no zombie, no memory")
        func loop() async {
            await #expect(processExitsWith: .success) {
                let runner = try ExecRunner(["/bin/true"], ["item": .text("none")])
                try await runner.run(times: 200, atOnce: 4)
                let descriptors = try ProcessTable.descriptorCount()
                let size = try ProcessTable.residentSize()
                for _ in 1...4 {
                    try await runner.run(times: 500, atOnce: 4)
                    #expect(try ProcessTable.descriptorCount() == descriptors)
                    #expect(try ProcessTable.children().isEmpty)
                }
                #expect(try ProcessTable.residentSize() - size < 4 << 20)
            }
        }

        @Test("is nothing when handlers come and go: no thread, no descriptor")
        func handlers() async {
            await #expect(processExitsWith: .success) {
                for _ in 1...10 { _ = try await ExecRunner(["/bin/true"], ["item": .text("none")]).run() }
                // The first sleep opens descriptors that stay.
                try await Task.sleep(for: .milliseconds(1))
                let descriptors = try ProcessTable.descriptorCount()
                for _ in 1...100 { _ = try await ExecRunner(["/bin/true"], ["item": .text("none")]).run() }
                // A reactor's thread closes them after the reactor is gone.
                try await #expect(eventually { try ProcessTable.descriptorCount() <= descriptors })
                try await #expect(eventually { try ProcessTable.threadNames().filter { $0 == "kata-exec" }.isEmpty })
            }
        }
    }
}
