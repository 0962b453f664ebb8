import Foundation
import Kata
import KataTestSupport
import Logging
import Testing

@testable import KataPlugins

@Suite("A plugin that is an executable", .timeLimit(.minutes(10)))
struct PluginHandlerTests {
    @Test(
        "is given any item, and says any output",
        arguments: ["", "x", "é 😀", "\"\\\n\r\t\u{0}\u{1f}\u{7f}\u{2028}", String(repeating: "y", count: 1 << 20)])
    func items(item: String) async throws {
        try await PluginRunner(mode: "").use { plugin in
            let output = try #require(await plugin.run(item).output)
            #expect(output.hasPrefix("ok \(item.prefix(1_000))"))
        }
    }

    @Test("answers many jobs at once, each with its own answer")
    func many() async throws {
        try await PluginRunner(mode: "", ["processes": .text("2")]).use { plugin in
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask { #expect(await plugin.run("\(index)", id: Job.ID(index)).output == "ok \(index)") }
                }
            }
            // One of them may have done all before the other had begun.
            try await #expect(eventually { plugin.handler.status?.processes == 2 })
        }
    }

    @Test("is replaced while it works")
    func replaced() async throws {
        try await PluginRunner(mode: "", ["replace_after": .text("5")]).use { plugin in
            let hasBeen = try await eventually {
                for index in 0..<10 where await plugin.run("\(index)").output != "ok \(index)" { return true }
                return plugin.log.count { $0.contains("plugin started") } > 2
            }
            #expect(hasBeen)
            #expect(plugin.handler.status?.restarts == 0)
        }
    }

    @Test("has a process of its own for a job that was interrupted")
    func suspect() async throws {
        try await PluginRunner(mode: "hang", ["kill_after": .text("100ms")]).use { plugin in
            let other = Task { await plugin.run("bad") }
            #expect(await plugin.run("good").isDone)
            let suspect = Task { await plugin.run("bad", interruptions: 1) }
            suspect.cancel()
            #expect(await suspect.value.isCutOff)
            #expect(plugin.handler.status?.restarts == 0, "the other one's process goes on")
            other.cancel()
            #expect(await other.value.isCutOff)
        }
    }

    @Test("can do no job at all once one process after the other has ended with different jobs in hand")
    func broken() async throws {
        try await PluginRunner(mode: "exit").use { plugin in
            #expect(await plugin.run("bad", id: 1).failure?.retry == .interrupted)
            #expect(await plugin.run("bad", id: 2).failure?.retry == .interrupted)
            #expect(await plugin.run("bad", id: 3).failure?.retry == .unavailable)
            #expect(await plugin.run("bad", id: 1, interruptions: 1).failure?.retry == .unavailable)
            #expect(await plugin.run("good", id: 4).isDone)
            #expect(await plugin.run("bad", id: 5).failure?.retry == .interrupted, "it was the job")
        }
    }

    @Test("is not blamed for the end of its processes by one job, or for that of one process by many")
    func notBroken() async throws {
        try await PluginRunner(mode: "exit").use { plugin in
            for _ in 1...4 { #expect(await plugin.run("bad", id: 1, interruptions: 1).failure?.retry == .interrupted) }
        }
        let ends = FruitlessEnds()
        for job in 1...64 { #expect(!ends.add(process: 1, job: Job.ID(job))) }
        #expect(!ends.add(process: 2, job: 1))
        #expect(ends.add(process: 3, job: 2))
        ends.answered()
        #expect(!ends.add(process: 4, job: 3))
    }

    @Test("is not started before there is work, and is gone when it is stopped")
    func lazily() async throws {
        let plugin = try PluginRunner(mode: "")
        #expect(plugin.handler.status?.processes == 0)
        await plugin.handler.stop()
        let other = try PluginRunner(mode: "no-goodbye", ["kill_after": .text("100ms")])
        try await other.use { #expect(await $0.run("x").isDone) }
        #expect(other.handler.status?.processes == 0)
    }

    @Test(
        "that does not begin as it should is not used",
        arguments: [
            ("start-exit", "exited with 3: misbehave: can't begin"), ("start-silent", "said no hello within 0.300 s"),
            ("start-garbage", "no message: there is 'W'"), ("start-version", "speaks version 2"),
            ("start-kind", "is a source, expected a handler"), ("start-concurrency", "concurrency is 0"),
        ])
    func start(mode: String, reason: String) async throws {
        let settings = try PluginRunner.settings(
            mode: mode, startTimeout: mode == "start-silent" ? "300ms" : "120s")
        let ended = await #expect(throws: PluginProcess.Ended.self) {
            try await PluginProcess.start(
                settings, on: ProcessReactor(name: "test"), logger: .init(label: "test"))
        }
        #expect(ended?.description.contains(reason) ?? false, "\(ended?.description ?? "")")
    }

    @Test("lets jobs wait while it can't be started, and says why")
    func down() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("plugin")
        try await writeProgram("#!/bin/sh\necho not today >&2; exit 9\n", to: path)
        try await PluginRunner(path: path, []).use { plugin in
            let task = Task { await plugin.run("x") }
            try await #expect(eventually { plugin.handler.status?.restarts ?? 0 >= 2 })
            #expect(plugin.handler.status?.problem == "plugin 'test' exited with 9: not today")
            task.cancel()
            #expect(await task.value.isCutOff)
        }
    }
}
