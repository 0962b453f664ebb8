import Foundation
import KataTestSupport
import Testing

/// Several daemons with one PostgreSQL database.
@Suite("Daemons that share a PostgreSQL database", .serialized, .timeLimit(.minutes(20)))
struct NodesTests {
    private let server: PostgresServer
    private let schema: String

    init() throws {
        server = try PostgresServer.shared.get()
        schema = server.newSchema()
    }

    /// A place for a daemon with that name.
    private func node(
        _ name: String, workers: Int = 4, consumer: String = "{ plugin: sleep, duration: 10ms }", lease: String = "10s",
        pipeline: String = ""
    ) throws -> Workplace {
        let workplace = try Workplace()
        try workplace.writeInbox(
            workers: workers, consumer: consumer,
            top:
                "database: '\(server.address)'\ndatabase_schema: \(schema)\nnode: \(name)\nlease: \(lease)\nsocket: kata.sock",
            pipeline: pipeline)
        return workplace
    }

    private struct Result: Decodable {
        let jobId: Int
        let consumerId: String
        let item: String
    }

    private func results(_ workplace: Workplace) async throws -> [Result] {
        let outcome = try await workplace.run(
            Binaries.kataControl,
            ["export", "--format", "ndjson", "--database", server.address, "--database-schema", schema])
        try #require(outcome.code == 0, "\(outcome.errors)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try outcome.output.split(separator: "\n").map { try decoder.decode(Result.self, from: Data($0.utf8)) }
    }

    private func waitForResults(_ count: Int, _ workplace: Workplace) async throws {
        try await #require(eventually { try await results(workplace).count >= count })
    }

    /// A shell's command that ends once it was begun on each of those nodes.
    ///
    /// - Parameters:
    ///   - name: of the node that it is for.
    ///   - marks: where each node leaves a file with its name.
    private func meeting(_ name: String, of names: [String], marks: Workplace) -> String {
        let areThere = names.map { "[ -e \(marks.path($0)) ]" }.joined(separator: " && ")
        return ": >\(marks.path(name)); until \(areThere); do sleep 0.01; done"
    }

    /// Writes a plugin that does that for each job.
    ///
    /// - Returns: its path.
    private func writePlugin(
        meetingAs name: String, of names: [String], marks: Workplace, in place: Workplace
    ) async throws -> String {
        try await place.writeProgram(
            #"""
            #!/bin/sh
            while IFS= read -r line; do
                case $line in
                *'"type":"hello"'*)
                    echo '{"type":"hello","protocol":1,"kind":"handler","concurrency":8}' ;;
                *'"type":"job"'*)
                    \#(meeting(name, of: names, marks: marks))
                    id=${line#*'"id":'}
                    echo "{\"type\":\"done\",\"id\":${id%%[!0-9]*}}" ;;
                *'"type":"goodbye"'*)
                    exit 0 ;;
                esac
            done
            """#, to: "plugin")
    }

    private func end(_ daemons: [ChildProcess]) async throws {
        for daemon in daemons { daemon.kill(SIGTERM) }
        for daemon in daemons { #expect(try await daemon.wait() == 0, "\(daemon.standardError)") }
    }

    @Test("share the work, each job once, and are steered from each of them")
    func share() async throws {
        // However slow one of them is, the other one does not do everything meanwhile.
        let marks = try Workplace()
        let names = ["anna", "bert"]
        let places = try names.map { name in
            let script = meeting(name, of: names, marks: marks)
            return try node(name, consumer: "{ plugin: exec, shell: true, command: '\(script)' }")
        }
        let daemons = [try await places[0].startAnsweringDaemon(), try await places[1].startAnsweringDaemon()]
        try await #require(
            eventually { try await places[0].ctl("status", "--nodes").output.contains("bert") })
        let ids = try await places[0].submit((0..<200).map(String.init))
        try await waitForResults(200, places[0])
        let results = try await results(places[0])
        #expect(Set(results.map(\.jobId)) == Set(ids) && results.count == 200)
        let byNode = Dictionary(grouping: results) { $0.consumerId.prefix { $0 != ":" } }
        #expect(Set(byNode.keys) == ["anna", "bert"], "\(byNode.mapValues(\.count))")
        #expect(results.allSatisfy { $0.consumerId.contains(":c") })

        // Asked of one, done by the other.
        #expect(try await places[0].ctl("pause", "mail").code == 0)
        try await #require(eventually { try await places[1].ctl("status").output.contains("mail: paused") })
        let job = try await places[0].submit(["held"])[0]
        #expect(try await places[1].ctl("cancel", "\(job)").code == 0)
        #expect(try await places[1].ctl("resume", "mail").code == 0)
        try await #require(eventually { try await !places[0].ctl("status").output.contains("mail: paused") })
        let scaled = try await places[0].ctl("scale", "mail", "7", "--node", "bert")
        #expect(scaled.code == 0, "\(scaled.errors)")
        try await #require(eventually { try await places[1].ctl("status").output.contains("7 workers") })
        let unknown = try await places[0].ctl("scale", "mail", "7", "--node", "carl")
        #expect(unknown.code != 0 && unknown.errors.contains("no node 'carl'"))
        try await end(daemons)
    }

    @Test("a job that runs on one of them is cancelled from another one")
    func cancel() async throws {
        let place = try node("anna", consumer: "{ plugin: sleep, duration: 300s }")
        let other = try node("bert", consumer: "{ plugin: sleep, duration: 0 }", pipeline: "")
        let daemon = try await place.startAnsweringDaemon()
        let job = try await place.submit(["long"])[0]
        try await #require(eventually { try await place.ctl("status").output.contains("1 running") })
        let second = try await other.startAnsweringDaemon()
        let edited = try await other.ctl("edit", "\(job)", "--item", "short")
        #expect(edited.code != 0 && edited.errors.contains("has begun"), "\(edited.errors)")
        #expect(try await other.ctl("cancel", "\(job)").code == 0)
        try await #require(eventually { try await place.ctl("status").output.contains("0 running") })
        // Its claim is gone, so it can be done elsewhere.
        #expect(try await other.ctl("retry", "\(job)").code == 0)
        try await end([daemon])
        try await other.wait(for: job, toBe: "done")
        try await end([second])
    }

    @Test("lose nothing and do nothing twice, however they are killed")
    func kills() async throws {
        let places = try ["anna", "bert", "carl"].map {
            try node($0, consumer: "{ plugin: sleep, duration: 5ms }", lease: "1s", pipeline: "interruptions: 1000")
        }
        var daemons: [ChildProcess] = []
        for place in places { daemons.append(try await place.startAnsweringDaemon()) }
        var generator = SeededGenerator(seed: 5)
        var submitted: Set<Int> = []
        for _ in 1...rounds(6) {
            let victim = Int.random(in: 0..<places.count, using: &generator)
            submitted.formUnion(try await places[(victim + 1) % 3].submit((0..<40).map(String.init)))
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...60, using: &generator)))
            try await places[victim].crash(daemons[victim])
            daemons[victim] = try await places[victim].startAnsweringDaemon()
        }
        try await waitForResults(submitted.count, places[0])
        let results = try await results(places[0])
        #expect(results.count == submitted.count && Set(results.map(\.jobId)) == submitted)
        try await end(daemons)
    }

    @Test("take over from one that is silent, whose results count no more")
    func stopped() async throws {
        // Each takeover interrupts what is in hand, and so does a machine that stands still for half of the lease.
        let places = try ["anna", "bert"].map {
            try node(
                $0, workers: 2, consumer: "{ plugin: sleep, duration: 3s }", lease: "4s",
                pipeline: "interruptions: 1000")
        }
        let daemons = [try await places[0].startAnsweringDaemon(), try await places[1].startAnsweringDaemon()]
        var submitted: [Int] = []
        for round in 1...rounds(2) {
            let ids = try await places[1].submit(["1", "2", "3", "4"])
            submitted += ids
            try await #require(eventually { try await places[0].ctl("status").output.contains("2 running") })
            daemons[0].kill(SIGSTOP)
            for id in ids { try await places[1].wait(for: id, toBe: "done") }
            daemons[0].kill(SIGCONT)
            try await #require(
                eventually {
                    daemons[0].standardError.components(separatedBy: "what is in hand is given up").count > round
                })
            // What it had is not to be taken for the next jobs.
            try await #require(eventually { try await places[0].ctl("status").output.contains("0 running") })
        }
        // And it goes on.
        submitted += try await places[1].submit((0..<8).map(String.init))
        try await waitForResults(submitted.count, places[1])
        let results = try await results(places[1])
        #expect(results.count == submitted.count && Set(results.map(\.jobId)) == Set(submitted))
        try await end(daemons)
    }

    @Test("three of them are ended by a job, and no fourth")
    func poison() async throws {
        // It kills no daemon before the jobs are acknowledged.
        let shared = try Workplace()
        let go = shared.path("go")
        let script =
            "[ \"$KATA_ITEM\" = poison ] || exit 0; until [ -e \(go) ]; do sleep 0.01; done; kill -9 $PPID"
        let consumer = "{ plugin: exec, shell: true, command: '\(script)' }"
        // A node that is started anew does not wait for the end of its lease, and one that only stands still for a while is not to be
        // taken for dead: that would count as an interruption, too.
        let places = try ["anna", "bert", "carl"].map { try node($0, consumer: consumer, lease: "30s") }
        var daemons: [ChildProcess] = []
        for place in places { daemons.append(try await place.startAnsweringDaemon()) }
        let ids = try await places[0].submit(["poison"] + (0..<20).map(String.init))
        try shared.write("", to: "go")
        var deaths = 0
        try await #require(
            eventually {
                for (index, daemon) in daemons.enumerated() where daemon.hasEnded {
                    deaths += 1
                    // It may end again before it answers.
                    daemons[index] = try places[index].startDaemon()
                }
                // It may have ended just now.
                return (try? await places[0].job(ids[0]).state) == "failed"
            })
        #expect(deaths == 3)
        let error = try await places[0].job(ids[0]).error
        #expect(error?.contains("quarantined") == true, "\(error ?? "")")
        for id in ids.dropFirst() { try await places[0].wait(for: id, toBe: "done") }
        // One that was started last may not be ready for a signal yet.
        for (place, daemon) in zip(places, daemons) { _ = try await place.answering(daemon) }
        try await end(daemons)
    }

    @Test("keep a limit together: so many jobs of a key at once, so many in a second")
    func limits() async throws {
        let shared = try Workplace()
        let log = shared.path("log")
        let script = "exec >>\(log); echo begin $KATA_ITEM; sleep 0.03; echo end $KATA_ITEM"
        let places = try ["anna", "bert", "carl"].map {
            try node(
                $0, consumer: "{ plugin: exec, shell: true, command: '\(script)' }",
                pipeline: "limits: { concurrency_per_key: 1, rate: 40/s }")
        }
        var daemons: [ChildProcess] = []
        for place in places { daemons.append(try await place.startAnsweringDaemon()) }
        let begin = ContinuousClock.now
        let ids = try await places[0].submit((0..<40).map { "k\($0)" }, to: "mail", "--key", "k")
        let others = try await places[0].submit((0..<40).map { "free\($0)" })
        try await waitForResults(ids.count + others.count, places[0])
        // The first turn is free, and each of the others comes a fortieth of a second later.
        #expect(begin.duration(to: .now) >= .seconds(79.0 / 40))
        var inHand = 0
        for line in try shared.read("log").split(separator: "\n") where line.contains(" k") {
            inHand += line.hasPrefix("begin") ? 1 : -1
            #expect(inHand <= 1)
        }
        try await end(daemons)
    }

    @Test("read a source together, each item once, and end its run together")
    func source() async throws {
        let top = "database: '\(server.address)'\ndatabase_schema: \(schema)\nsocket: kata.sock\nnode: "
        // Neither of them does a whole run before the other one has begun with it, however slow that is.
        let marks = try Workplace()
        let names = ["anna", "bert"]
        let places = try [Workplace(), Workplace()]
        for (place, name) in zip(places, names) {
            let plugin = try await writePlugin(meetingAs: name, of: names, marks: marks, in: place)
            try place.writeKata(
                items: 3_000, workers: 8, interval: "0s", top: top + name, consumer: "{ plugin: '\(plugin)' }")
        }
        let daemons = [try await places[0].startAnsweringDaemon(), try await places[1].startAnsweringDaemon()]
        try await waitForResults(3_000, places[0])
        for place in places {
            try await #require(
                eventually { try await place.ctl("status", "--json").output.contains("\"finished\" : true") })
        }
        let items = try await results(places[0]).compactMap { Int($0.item) }
        #expect(items.sorted() == Array(0..<3_000))
        // The next one is begun by one, and worked on by both.
        for name in names { try FileManager.default.removeItem(atPath: marks.path(name)) }
        #expect(try await places[1].ctl("run", "kata").code == 0)
        try await waitForResults(6_000, places[0])
        let second = try await results(places[0]).suffix(3_000)
        #expect(Set(second.map { $0.consumerId.prefix { $0 != ":" } }) == ["anna", "bert"])
        try await end(daemons)
    }

    @Test("leave a file of lines to the node that was asked to run it")
    func lines() async throws {
        let places = try [Workplace(), Workplace()]
        for (place, name) in zip(places, ["anna", "bert"]) {
            try place.write((1...50).map { "\(name) \($0)\n" }.joined(), to: "lines")
            try place.write(
                """
                database: '\(server.address)'
                database_schema: \(schema)
                node: \(name)
                socket: kata.sock
                pipelines:
                  lines:
                    queue_size: 10
                    worker_count: 2
                    producer: { plugin: lines, path: lines }
                    consumer: { plugin: sleep, duration: 0 }
                """, to: "kata.yaml")
        }
        let daemons = [try await places[0].startAnsweringDaemon(), try await places[1].startAnsweringDaemon()]
        var count = 50
        try await waitForResults(count, places[0])
        for round in 1...3 {
            let (place, name) = (places[round % 2], ["anna", "bert"][round % 2])
            try await #require(eventually { try await place.ctl("run", "lines").code == 0 })
            count += 50
            try await waitForResults(count, places[0])
            let latest = try await results(places[0]).suffix(50)
            #expect(latest.allSatisfy { $0.item.hasPrefix("\(name) ") && $0.consumerId.hasPrefix("\(name):") })
        }
        try await end(daemons)
    }
}
