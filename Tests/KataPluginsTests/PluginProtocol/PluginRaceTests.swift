import Kata
import KataTestSupport
import Logging
import Testing

@testable import KataPlugins

/// What a plugin does at the same moment as its host.
@Suite("A plugin and its host at the same moment", .timeLimit(.minutes(10)))
struct PluginRaceTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("end each other for good, even if the plugin is killed in the moment of its start")
    func killedAtStart() async throws {
        // What is no message comes before anything is known of the process but its number.
        let path = directory.path("plugin")
        let hello = #"{"type":"hello","protocol":1,"kind":"handler"}"#
        try await writeProgram("#!/bin/sh\nprintf 'no message\\n%s\\n' '\(hello)'\nexec sleep 1000\n", to: path)
        let reactor = ProcessReactor(name: "test")
        let settings = try PluginRunner.settings(path: path)
        for _ in 1...100 {
            let ended = await #expect(throws: PluginProcess.Ended.self) {
                _ = try await PluginProcess.start(settings, on: reactor, logger: Logger(label: "test"))
            }
            let reason = ended?.description ?? ""
            try #require(reason.contains("was killed: it wrote what is no message"), "\(reason)")
        }
    }

    @Test("keep to the order of a job and its cancellation")
    func cancelAfterJob() async throws {
        // It ends if a cancellation is for a job that it has not been given yet.
        let path = directory.path("plugin")
        try await writeProgram(
            """
            #!/usr/bin/env python3
            import json, sys
            def say(**message): print(json.dumps(message), flush=True)
            known = set()
            for line in sys.stdin:
                message = json.loads(line)
                if message["type"] == "hello":
                    say(type="hello", protocol=1, kind="handler", concurrency=100)
                elif message["type"] == "job":
                    known.add(message["id"])
                elif message["type"] == "cancel":
                    if message["id"] not in known: sys.exit("cancelled before it was given")
                    say(type="failed", id=message["id"], error="cancelled")
            """, to: path)
        try await PluginRunner(path: path).use { plugin in
            await withDiscardingTaskGroup { group in
                for _ in 1...4 {
                    group.addTask {
                        for _ in 1...500 {
                            let task = Task { await plugin.run("x") }
                            // Sometimes before, sometimes after it is given, and sometimes in between.
                            await Task.yield()
                            task.cancel()
                            _ = await task.value
                        }
                    }
                }
            }
            let status = plugin.handler.status
            #expect(status?.restarts == 0, "\(status?.problem ?? plugin.log.joined(separator: "\n"))")
        }
    }

    @Test("leave nothing behind when a process is replaced after each job")
    func replaced() async throws {
        let settings = try PluginRunner.settings(mode: "", keys: [(key: "replace_after", node: .text("1"))])
        let pool = PluginPool(settings, count: 1, clock: PreciseClock(), logger: Logger(label: "test"))
        for id in 1...20 {
            let answer = try await pool.request { PluginRequest.job(Job(id: Job.ID(id), runID: 1, item: "x"), id: $0) }
            guard case .done = answer else {
                Issue.record("\(answer)")
                return
            }
        }
        try await #expect(eventually { pool.farewellCount == 0 })
        await pool.stop()
    }

    @Test("take no request after the goodbye, although others are still open")
    func goodbye() async throws {
        let settings = try PluginRunner.settings(mode: "hang", keys: [(key: "kill_after", node: .text("1m"))])
        let reactor = ProcessReactor(name: "test")
        let process = try await PluginProcess.start(settings, on: reactor, logger: Logger(label: "test"))
        let open = Task {
            try await process.request { PluginRequest.job(Job(id: 1, runID: 1, item: "bad"), id: $0) }
        }
        try await #require(eventually { process.openCount == 1 })
        let farewell = Task { await process.leave() }
        try await #expect(eventually { !process.takesRequests })
        await #expect(throws: PluginProcess.NotSent.self) {
            try await process.request { PluginRequest.job(Job(id: 2, runID: 1, item: "bad"), id: $0) }
        }
        process.kill("the test is over")
        await #expect(throws: PluginProcess.Ended.self) { try await open.value }
        await farewell.value
    }

    @Test("lose no job when a process is replaced while others are given to it")
    func replacedUnderLoad() async throws {
        let settings = try PluginRunner.settings(mode: "", keys: [(key: "replace_after", node: .text("1"))])
        let pool = PluginPool(settings, count: 2, clock: PreciseClock(), logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Int.self) { group in
            for client in 1...8 {
                group.addTask {
                    var done = 0
                    for number in 1...10 {
                        let job = Job(id: Job.ID(10 * client + number), runID: 1, item: "x")
                        if case .done = try await pool.request({ PluginRequest.job(job, id: $0) }) { done += 1 }
                    }
                    return done
                }
            }
            try await #expect(group.reduce(0, +) == 80)
        }
        await pool.stop()
    }
}
