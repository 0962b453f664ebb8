import Foundation
import Kata
import KataTestSupport
import Testing

@testable import KataPlugins

@Suite(
    "In a control group of its own, a job", .timeLimit(.minutes(10)),
    .enabled(if: DelegatedGroup.isPossible, "there is no control group of version 2 that can be divided"))
struct ControlGroupTests {
    private let group: DelegatedGroup
    private let directory: TemporaryDirectory

    init() throws {
        group = try DelegatedGroup()
        directory = try TemporaryDirectory()
    }

    @Test("is from its start, with all that it starts")
    func membership() async throws {
        let outcome = try await runner("cat /proc/self/cgroup; setsid cat /proc/self/cgroup").run()
        let lines = outcome.output?.split(separator: "\n").filter { $0.hasPrefix("0::") } ?? []
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.hasSuffix("/pipeline.p/1") })
    }

    @Test("leaves nothing behind, even what has called setsid")
    func session() async throws {
        let outcome = try await runner(Self.escape + "until [ -e escaped ]; do sleep 0.01; done").run()
        #expect(outcome.isDone)
        try await expectEscapedIsGone()
    }

    @Test("leaves nothing behind when it is cancelled")
    func cancelled() async throws {
        let runner = try runner(Self.escape + "wait")
        let task = Task { await runner.run() }
        try await #require(eventually { FileManager.default.fileExists(atPath: directory.path("escaped")) })
        task.cancel()
        #expect(await task.value.isCutOff)
        try await expectEscapedIsGone()
    }

    @Test("has one that was used before, once that is empty")
    func reuse() async throws {
        try await runner("true").run(times: 200, atOnce: 4)
        // Not one for each job. How many there are depends on how soon those that have ended are gone.
        #expect(group.root.child("pipeline.p").children.count < 50)
    }

    @Test("has one that is removed with the handler")
    func removal() async throws {
        try await runner("true").run(times: 10, atOnce: 2)
        let pipeline = group.root.child("pipeline.p")
        try await #expect(eventually { pipeline.children.isEmpty })
    }

    @Test("leaves no zombie and no descriptor")
    func tidiness() async {
        await #expect(processExitsWith: .success) {
            let group = try DelegatedGroup()
            // The first process and the first sleep open descriptors that stay.
            try await ExecRunner(script: "true").run(times: 1, atOnce: 1)
            try await Task.sleep(for: .milliseconds(1))
            let descriptors = try ProcessTable.descriptors()
            do {
                let runner = try ExecRunner(script: "setsid sleep 1000 & exit 0", groups: group.state)
                try await runner.run(times: 100, atOnce: 4)
            }
            #expect(try ProcessTable.children().isEmpty)
            try await #expect(
                eventually {
                    try ProcessTable.descriptors().filter { $0.contains("cgroup") }.isEmpty
                })
            #expect(try ProcessTable.descriptors().count <= descriptors.count)
            try await #expect(eventually { !group.root.isPopulated })
        }
    }

    @Test("of a daemon that was killed is ended by the next")
    func leftovers() async throws {
        let left = group.root.child("pipeline.old")
        try left.make()
        try left.child("7").make()
        let script = "echo $$ > '\(left.path)/7/cgroup.procs'; setsid sleep 1000 & echo $! > new; mv new escaped"
        #expect(
            try await ExecRunner(script: script, ["item": .text("none"), "directory": .text(directory.path)]).run()
                .isDone)
        #expect(left.isPopulated)
        _ = try DelegatedControlGroup(root: group.root, movesDaemon: false)
        #expect(!left.has("cgroup.procs"))
        try await expectEscapedIsGone()
    }

    @Test("of a plugin leaves nothing behind when the plugin ends")
    func plugin() async throws {
        let path = directory.path("plugin")
        try await writeProgram(
            """
            #!/bin/sh
            cd '\(directory.path)'
            \(Self.escape)
            exec '\(Self.echo)'
            """, to: path)
        try await PluginRunner(path: path, groups: group.state).use { runner in
            #expect(await runner.run("x").isDone)
        }
        try await expectEscapedIsGone()
    }

    /// The example that is done with every job.
    private static let echo = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../config/plugins/echo.sh").standardized.path

    /// Starts a process in a session of its own, and waits until it has said its number in the file `escaped`.
    private static let escape = """
        setsid sh -c 'echo $$ > new; mv new escaped; exec sleep 1000' &
        while [ ! -e escaped ]; do sleep 0.01; done

        """

    private func runner(_ script: String) throws -> ExecRunner {
        try ExecRunner(
            script: script, ["item": .text("none"), "directory": .text(directory.path)], groups: group.state)
    }

    private func expectEscapedIsGone() async throws {
        let process = try #require(pid_t(directory.read("escaped").trimmingCharacters(in: .newlines)))
        try await #expect(eventually { !ProcessTable.isAlive(process) })
    }
}
