import Foundation
import KataTestSupport
import Testing

@Suite("Plugins that are executables", .timeLimit(.minutes(10)))
struct PluginTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
    }

    @Test("do jobs beside one that kills them each time, which is quarantined, and no other")
    func poison() async throws {
        try workplace.writeInbox(
            workers: 4, consumer: "{ plugin: '\(Self.misbehave)', config: { mode: 'signal:SEGV' } }")
        try await workplace.withDaemon { _ in
            let items = (1...40).map { $0 == 7 ? "bad" : "\($0)" }
            let ids = try await workplace.submit(items)
            for (id, item) in zip(ids, items) {
                try await workplace.wait(for: id, toBe: item == "bad" ? "failed" : "done")
            }
            let bad = try await workplace.job(ids[6])
            #expect(bad.error?.hasPrefix("quarantined: it was interrupted 3 times") ?? false)
            #expect(bad.attempts?.compactMap(\.error).first?.contains("signal 11") ?? false)
        }
    }

    @Test("are drained: what is in hand is finished, what takes too long is handed back")
    func drain() async throws {
        try workplace.writeInbox(
            workers: 2, consumer: "{ plugin: '\(Self.misbehave)', kill_after: 200ms, config: { mode: hang } }",
            top: "drain_timeout: 300ms")
        let daemon = try await workplace.startAnsweringDaemon()
        let ids = try await workplace.submit(["bad", "good"])
        try await workplace.wait(for: ids[1], toBe: "done")
        daemon.kill(SIGTERM)
        try await #expect(daemon.wait() == 0)
        try await #expect(
            workplace.query("SELECT state, attempt, interruptions FROM jobs WHERE item = 'bad'") == "pending | 1 | 0\n")
    }

    @Test("that do not start hold up no drain, and cost their jobs nothing")
    func neverStarts() async throws {
        try workplace.write(
            "#!/bin/sh\n[ -e fixed ] && exec '\(Self.misbehave)'; echo 'no licence' >&2; exit 3\n", to: "plugin")
        try #require(chmod(workplace.path("plugin"), 0o755) == 0)
        try workplace.writeInbox(
            workers: 2, consumer: "{ plugin: ./plugin, config: { mode: '' } }", top: "drain_timeout: 365d")
        let daemon = try await workplace.startAnsweringDaemon()
        let ids = try await workplace.submit(["a", "b", "c", "d"])
        try await #require(eventually { daemon.standardError.contains("a plugin ended and is started again") })
        try await #require(
            eventually {
                try await workplace.ctl("explain", "\(ids[0])").output.contains(
                    "it is in the hands of c1, which waits for the handler: ")
            })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
        #expect(daemon.standardError.contains("drained cut_off=0 finished=0"), "\(daemon.standardError)")
        #expect(
            try await workplace.query("SELECT max(attempt), max(interruptions), count(*) FROM jobs") == "1 | 0 | 4\n")
        try workplace.write("", to: "fixed")
        try await workplace.withDaemon { _ in
            for id in ids { try await workplace.wait(for: id, toBe: "done") }
        }
        #expect(try await workplace.count("attempts WHERE error IS NOT NULL") == 0)
    }

    @Test("end with their daemon, even if it is killed")
    func killed() async throws {
        try workplace.writeInbox(consumer: "{ plugin: '\(Self.misbehave)', config: { mode: '' } }")
        let daemon = try await workplace.startAnsweringDaemon()
        try await workplace.wait(for: workplace.submit(["x"])[0], toBe: "done")
        let plugin = try #require(try children(of: daemon.pid).first)
        try await workplace.crash(daemon)
        try await #expect(eventually { kill(plugin, 0) != 0 })
    }

    @Test("that are examples do what they say")
    func examples() async throws {
        try workplace.write("one two\nthree\n", to: "text")
        try workplace.write(
            """
            plugins_directory: \(Self.examples)
            pipelines:
              count: { queue_size: 5, worker_count: 2, producer: { plugin: inbox }, consumer: { plugin: word-count } }
              sum:
                queue_size: 5
                worker_count: 4
                producer: { plugin: inbox }
                consumer: { plugin: checksum, config: { algorithm: md5 } }
              echo:
                queue_size: 5
                worker_count: 2
                producer: { plugin: numbers, finite: true, config: { first: 1, last: 250, format: "n{}" } }
                consumer: { plugin: echo.sh }
            """, to: "kata.yaml")
        try await workplace.withDaemon { _ in
            let counted = try await workplace.submit(["text", "missing"], to: "count")
            try await workplace.wait(for: counted[0], toBe: "done")
            #expect(try await workplace.job(counted[0]).attempts?.last?.output == "2 lines, 3 words, 14 bytes")
            try await workplace.wait(for: counted[1], toBe: "failed")
            let summed = try await workplace.submit(["text"], to: "sum")[0]
            try await workplace.wait(for: summed, toBe: "done")
            let sum = try await workplace.run("md5sum", ["text"]).output.prefix(32)
            #expect(try await workplace.job(summed).attempts?.last?.output == "md5:\(sum)")
            try await #expect(eventually { try await workplace.count("results WHERE pipeline = 'echo'") == 250 })
            #expect(try await workplace.count("runs WHERE pipeline = 'echo' AND finished_at IS NOT NULL") == 1)
            #expect(try await workplace.count("results WHERE pipeline = 'echo' AND item GLOB 'n[1-9]*'") == 250)

            let listed = try await workplace.ctl("plugins")
            #expect(listed.code == 0)
            for line in [
                "word-count  handler  count     1 ready ", "exec        handler  –         not used  built in",
            ] {
                #expect(listed.output.contains(line), "\(listed.output)")
            }
        }
    }

    @Test("emit their items once, however often the daemon is killed")
    func source() async throws {
        try workplace.write(
            """
            plugins_directory: \(Self.examples)
            pipelines:
              a:
                queue_size: 5
                worker_count: 2
                interruptions: 1000
                producer: { plugin: numbers, finite: true, interval: 1ms, config: { first: 1, last: 3000 } }
                consumer: { plugin: sleep, duration: 0 }
            """, to: "kata.yaml")
        for round in 1...3 {
            let daemon = try await workplace.startAnsweringDaemon()
            try await #require(eventually { try await workplace.count("results") > round * 100 })
            try await workplace.crash(daemon)
        }
        try await workplace.withDaemon { _ in
            try await #require(eventually { try await workplace.count("runs WHERE finished_at IS NOT NULL") == 1 })
        }
        #expect(try await workplace.query("SELECT count(*), count(DISTINCT item) FROM results") == "3000 | 3000\n")
    }

    @Test("are tried out without a daemon", arguments: [("word-count", 1), ("echo.sh", 0)])
    func tryOut(plugin: String, code: Int32) async throws {
        let outcome = try await workplace.run(
            Binaries.kataControl,
            [
                "plugins", "test", "\(Self.examples)/\(plugin)", "--item", "/nowhere", "--flood", "50",
                "--timeout", "5m",
            ])
        #expect(outcome.code == code, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.contains("✔ answers 50 jobs, each once"))
        #expect(outcome.output.contains("✘ does the item '/nowhere'") == (code == 1))
    }

    @Test("that do not answer are told after the time that they are given")
    func silent() async throws {
        let plugin = try await workplace.writeProgram(
            """
            #!/bin/sh
            read -r line
            echo '{"type":"hello","protocol":1,"kind":"handler","name":"silent"}'
            while read -r line; do case $line in *goodbye*) exit 0 ;; esac; done
            """, to: "silent")
        let outcome = try await workplace.control("plugins", "test", plugin, "--flood", "1", "--timeout", "50ms")
        #expect(outcome.code == 1)
        #expect(outcome.output.contains("✘ does the item 'test': there was no answer within 0.050 s"))
    }

    @Test("that are not there are faults of the configuration")
    func missing() async throws {
        try workplace.write(
            """
            plugins_directory: \(workplace.path("none"))
            pipelines:
              a: { queue_size: 1, worker_count: 1, producer: { plugin: inbox }, consumer: { plugin: resize } }
              b: { queue_size: 1, worker_count: 1, producer: { plugin: ./feed }, consumer: { plugin: sleep, duration: 0 } }
            """, to: "kata.yaml")
        let outcome = try await workplace.runDaemon("--check")
        #expect(outcome.code == 78)
        #expect(outcome.errors.contains("plugin names no handler plugin: 'resize'"))
        #expect(outcome.errors.contains("an executable in \(workplace.path("none")), or a path"))
        #expect(outcome.errors.contains("plugin is './feed', which is no executable file"))
        #expect(!outcome.errors.contains("item_count"), "\(outcome.errors)")
    }

    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let examples = project.appendingPathComponent("config/plugins").path
    private static let misbehave = project.appendingPathComponent("Tests/KataPluginsTests/Plugins/misbehave.py").path
}
