import Foundation
import KataTestSupport
import Testing

/// The same daemon with its jobs in a PostgreSQL database.
@Suite("A daemon on PostgreSQL", .timeLimit(.minutes(20)))
struct PostgresTests {
    private let server: PostgresServer
    private let workplace: Workplace
    private let schema: String
    /// With a password, which the server does not ask for.
    private let address: String

    init() throws {
        server = try PostgresServer.shared.get()
        workplace = try Workplace()
        schema = server.newSchema()
        address = server.address.replacingOccurrences(of: "kata@", with: "kata:secret@")
    }

    private func top(_ address: String? = nil, lease: String = "10s") -> String {
        "database: '\(address ?? self.address)'\ndatabase_schema: \(schema)\nlease: \(lease)\nsocket: kata.sock"
    }

    private func export(_ options: String...) async throws -> String {
        let outcome = try await workplace.run(
            Binaries.kataControl, ["export", "--database", server.address, "--database-schema", schema] + options)
        try #require(outcome.code == 0, "\(outcome.errors)")
        return outcome.output
    }

    @Test("does the kata, and shows no password")
    func kata() async throws {
        try workplace.writeKata(interval: "1ms", duration: "3ms", top: top(), pipeline: "export: live.txt")
        let outcome = try await workplace.runDaemon("--once")
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("100 of 100 consumed"))
        let lines = try await export()
        let items = lines.split(separator: "\n").map {
            $0.split(separator: "|")[1].trimmingCharacters(in: .whitespaces)
        }
        #expect(items.compactMap { Int($0) }.sorted() == Array(0..<100))
        #expect(try workplace.read("live.txt") == lines)
        for text in [outcome.output, outcome.errors] { #expect(!text.contains("secret")) }
    }

    @Test("keeps what is submitted through kill -9, once each, and is back at once")
    func kills() async throws {
        // A job that happens to be in hand at several kills is not to be taken for the reason of them.
        try workplace.writeInbox(
            workers: 4, consumer: "{ plugin: sleep, duration: 2ms }", top: top(), pipeline: "interruptions: 1000")
        var generator = SeededGenerator(seed: 21)
        var submitted: Set<Int> = []
        for _ in 1...rounds(6) {
            let daemon = try await workplace.startAnsweringDaemon()
            let ids = try await workplace.submit((0..<40).map(String.init))
            submitted.formUnion(ids)
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...60, using: &generator)))
            try await workplace.crash(daemon)
        }
        try await workplace.withDaemon { _ in
            // The last one may be done before others, and a command line has no room for any number of ids.
            let ids = submitted.sorted().map(String.init)
            for start in stride(from: 0, to: ids.count, by: 1_000) {
                let some = ids[start..<min(start + 1_000, ids.count)]
                let answer = try await workplace.run(
                    Binaries.kataControl, ["wait", "--socket", workplace.socket, "--timeout", "300s"] + some)
                #expect(answer.code == 0, "\(answer.output)\(answer.errors)")
            }
            let status = try await workplace.ctl("status", "--json")
            #expect(!status.output.contains("secret"))
        }
        let lines = try await export("--format", "ndjson").split(separator: "\n")
        let jobs = try lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])["job_id"] as? Int
        }
        #expect(jobs.count == submitted.count, "nothing is lost, and nothing recorded twice")
        #expect(Set(jobs.compactMap { $0 }) == submitted)
    }

    @Test("outlives its server, whether that is stopped or crashes", arguments: [false, true])
    func restarts(crashes: Bool) async throws {
        // A server of its own, which keeps what it has said is kept.
        let server = try PostgresServer()
        try workplace.writeInbox(
            workers: 4, consumer: "{ plugin: sleep, duration: 2ms }", top: top(server.address))
        let daemon = try await workplace.startAnsweringDaemon()
        var submitted = 0
        for _ in 1...rounds(3) {
            // Submits are refused while there is no server; each one that is acknowledged counts.
            let clients = Task { [workplace] in
                var ids: [Int] = []
                for item in 0..<20 {
                    let outcome = try await workplace.ctl("submit", "mail", "\(item)")
                    if outcome.code == 0 { ids += outcome.output.split(separator: "\n").compactMap { Int($0) } }
                }
                return ids
            }
            try server.restart(crashes: crashes)
            submitted += try await clients.value.count
        }
        try await #require(
            eventually {
                let status = try await workplace.ctl("status")
                return status.output.contains(" 0 pending") && !status.output.contains("store:")
            })
        #expect(!daemon.hasEnded)
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
        let outcome = try await workplace.run(
            Binaries.kataControl, ["export", "--database", server.address, "--database-schema", schema])
        let count = outcome.output.split(separator: "\n").count
        // Whoever was cut off before the answer may have been heard.
        #expect(count >= submitted && count <= rounds(3) * 20, "\(count) of \(submitted)")
        #expect(daemon.standardError.contains("the store takes writes again"))
    }

    @Test("is refused beside another one of the same name")
    func second() async throws {
        try workplace.writeInbox(top: top())
        try await workplace.withDaemon { _ in
            let same = try await workplace.runDaemon("--socket", "other.sock")
            #expect(same.code == 75 && same.errors.contains("process "), "\(same.errors)")
        }
    }

    @Test("moves to it and back, with everything as it was")
    func migrates() async throws {
        try workplace.writeInbox(
            script: "echo \"$KATA_ITEM\"; [ \"$KATA_ITEM\" != bad ]", top: "database: kata.db\nsocket: kata.sock",
            pipeline: "retry: { attempts: 2, backoff: 1ms }")
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["a", "bad", "ä\n|\\"], to: "mail", "--tag", "t")
            _ = try await workplace.ctl("wait", "--timeout", "300s", "\(ids[0])", "\(ids[1])", "\(ids[2])")
            try await workplace.submit(["later"], to: "mail", "--at", "2100-01-01T00:00:00Z", "--priority", "3")
        }
        let before = try await dump("kata.db")
        func migrate(_ from: String, _ to: String) async throws -> Workplace.Outcome {
            try await workplace.control("migrate", "--from", from, "--to", to, "--database-schema", schema)
        }
        let there = try await migrate("kata.db", server.address)
        #expect(there.code == 0 && there.output.contains("4 jobs with 2 results"), "\(there.errors)")
        let again = try await migrate("kata.db", server.address)
        #expect(again.code == 78 && again.errors.contains("holds jobs of Kata's already"), "\(again.errors)")
        let back = try await migrate(server.address, "back.db")
        #expect(back.code == 0, "\(back.errors)")
        #expect(try await dump("back.db") == before)
        let exists = try await migrate(server.address, "back.db")
        #expect(exists.code != 0)
        let same = try await migrate("kata.db", "other.db")
        #expect(same.code == 64)

        // Work goes on there.
        try workplace.writeInbox(top: top())
        try await workplace.withDaemon { _ in
            let new = try await workplace.submit(["new"])
            #expect(new == [5], "ids go on behind those that there are")
            try await workplace.wait(for: 5, toBe: "done")
            #expect(try await workplace.job(2).state == "failed")
            #expect(try await workplace.job(2).attempts?.count == 2)
            let refused = try await migrate(server.address, "more.db")
            #expect(refused.code == 75, "\(refused.errors)")
        }
    }

    /// The views of a database as text.
    private func dump(_ file: String) async throws -> String {
        var text = ""
        for view in ["results", "runs", "jobs", "attempts", "outputs", "alarms"] {
            let outcome = try await workplace.run(
                "sqlite3", ["-readonly", workplace.path(file), "SELECT * FROM \(view)"])
            try #require(outcome.code == 0, "\(outcome.errors)")
            text += "\(view):\n\(outcome.output)"
        }
        return text
    }
}
