import Kata
import KataTestSupport
import Testing

@testable import KataPlugins

extension Floods {
    @Suite("A plugin that goes wrong over a job", .timeLimit(.minutes(10)))
    struct PluginFaultTests {
        @Test(
            "has interrupted it, says why, and goes on with others",
            arguments: [
                ("signal:SEGV", "signal 11"), ("signal:KILL", "signal 9"), ("signal:ABRT", "signal 6"),
                ("signal:TERM", "signal 15"), ("signal:PIPE", "signal 13"), ("signal:HUP", "signal 1 "),
                ("garbage", "it wrote what is no message: there is 'S'"), ("not-object", "no message: there is '['"),
                ("no-type", "there is no \"type\""), ("nul", "a control character in a string"),
                ("invalid-utf8", "a string is not valid UTF-8"), ("surrogate", "no character of that \\u"),
                ("long-line", "a line of more than 8388608 bytes"), ("flood-stdout-raw", "more than 8388608 bytes"),
                ("grandchild", "signal 9"), ("grandchild-setsid", "signal 9"),
                ("exit", "exited with 3: misbehave: exits over bad"), ("exit-0", "exited with 0"),
                ("close-stdout", "it closed its standard output"),
            ])
        func interrupted(mode: String, reason: String) async throws {
            try await PluginRunner(mode: mode).use { plugin in
                #expect(await plugin.run("one").output == "ok one")
                let failure = try #require(await plugin.run("bad").failure)
                #expect(failure.retry == .interrupted)
                #expect(failure.reason.hasPrefix("plugin 'test' ") && failure.reason.contains(reason), "\(failure)")
                #expect(await plugin.run("two").output == "ok two")
                #expect(plugin.handler.status?.restarts == 1)
            }
        }

        @Test("leaves others alone that it has not open", arguments: ["signal:SEGV", "hang"])
        func others(mode: String) async throws {
            try await PluginRunner(mode: mode, ["processes": .text("2"), "kill_after": .text("200ms")]).use { plugin in
                let bad = Task { await plugin.run("bad") }
                for _ in 1...20 { #expect(await plugin.run("good").failure?.retry != .never) }
                bad.cancel()
                #expect(await bad.value.error != nil)
                #expect(await plugin.run("after").output == "ok after")
            }
        }

        @Test("may answer twice")
        func twice() async throws {
            try await PluginRunner(mode: "twice").use { plugin in
                #expect(await plugin.run("bad").output == "ok bad")
                #expect(await plugin.run("next").output == "ok next")
                #expect(plugin.log.contains { $0.contains("not open was ignored") })
            }
        }

        @Test(
            "is told that the job is cancelled, and may say that it has stopped",
            arguments: ["slow-cancel", "wrong-id"])
        func cancelled(mode: String) async throws {
            try await PluginRunner(mode: mode).use { plugin in
                let task = Task { await plugin.run("bad") }
                // It has the job before the one that it answers.
                #expect(await plugin.run("good").isDone)
                task.cancel()
                #expect(await task.value.isCutOff)
                #expect(plugin.handler.status?.restarts == 0)
            }
        }

        @Test("is killed if it does not say so", arguments: ["hang", "no-read", "no-pong"])
        func hangs(mode: String) async throws {
            try await PluginRunner(mode: mode, ["kill_after": .text("100ms")]).use { plugin in
                #expect(await plugin.run("good").isDone)
                let task = Task { await plugin.run("bad") }
                // Whether it hears of the job or of the cancellation first is all the same.
                task.cancel()
                #expect(await task.value.isCutOff)
                #expect(await plugin.run("good").isDone)
            }
        }

        @Test("may flood its log; only a part of it is kept", arguments: ["flood-stdout", "flood-stderr"])
        func floods(mode: String) async throws {
            await #expect(processExitsWith: .success) { [mode] in
                let plugin = try PluginRunner(
                    mode: mode, ["environment": .map([(key: "MISBEHAVE_BYTES", node: .text("16000000"))])])
                try await plugin.use { plugin in
                    #expect(await plugin.run("good").isDone)
                    let before = try ProcessTable.residentSize()
                    let outcome = await plugin.run("bad")
                    #expect(outcome.output == "ok bad", "\(String(describing: outcome.error))")
                    let growth = try ProcessTable.largestResidentSize() - before
                    #expect(growth < 12 << 20, "it grew by \(growth) bytes")
                    // However long the flood takes, and so however many lines a second make in all.
                    #expect(plugin.log.count < 80_000, "of more than 160,000 lines")
                }
            }
        }

        @Test("leaves no process and no descriptor behind")
        func leftovers() async throws {
            await #expect(processExitsWith: .success) {
                try await PluginRunner(mode: "signal:KILL").use { _ = await $0.run("good") }
                // The first sleep opens descriptors that stay.
                try await Task.sleep(for: .milliseconds(1))
                let descriptors = try ProcessTable.descriptors()
                for mode in ["signal:KILL", "garbage", "close-stdout", "exit", "long-line"] {
                    try await PluginRunner(mode: mode, ["kill_after": .text("200ms")]).use { plugin in
                        for _ in 1...3 { _ = await plugin.run("bad") }
                    }
                }
                #expect(try ProcessTable.children().isEmpty)
                // A connection's thread closes them when it ends, which is after the process has.
                let isClean = try await eventually { try ProcessTable.descriptors().subtracting(descriptors).isEmpty }
                let left = try ProcessTable.descriptors().subtracting(descriptors)
                #expect(isClean, "\(left) are left")
            }
        }
    }
}
