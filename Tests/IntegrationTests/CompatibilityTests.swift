import Foundation
import KataTestSupport
import Testing

/// What was written for earlier versions works unchanged with this one.
@Suite("What an earlier version left", .timeLimit(.minutes(10)))
struct CompatibilityTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
    }

    @Test("is a configuration with every key of 0.1.0, which is valid and starts")
    func configuration() async throws {
        try await prepare()
        let check = try await workplace.runDaemon("--check")
        try #require(check.code == 0, "\(check.errors)")
        #expect(check.output == "kata.yaml: valid, 7 pipelines\n")
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["x"])[0]
            try await workplace.wait(for: id, toBe: "done")
            try await #expect(eventually { try await workplace.count("jobs WHERE state = 'done'") == 20 + 2 + 1 })
        }
        try #expect(workplace.read("results.txt").split(separator: "\n").count == 20)
    }

    @Test("is a database of its schema, which a daemon goes on with", arguments: 1...8)
    func database(schema: Int) async throws {
        let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("KataSQLiteTests/Fixtures/schema-\(schema).sqlite")
        try FileManager.default.copyItem(atPath: fixtures.path, toPath: workplace.database)
        let before = try await workplace.run(
            "sqlite3", [workplace.database, "SELECT count(*) FROM results"]
        ).output
        try #require(chmod(workplace.database, 0o640) == 0)
        try await prepare()
        try await workplace.withDaemon { daemon in
            #expect(
                daemon.standardError.contains("the database's mode was changed: database_group says who may read it"))
            // Of the second and third schema on, the pipeline was paused.
            _ = try await workplace.ctl("resume", "mail")
            let id = try await workplace.submit(["new"])[0]
            try await workplace.wait(for: id, toBe: "done")
        }
        var status = stat()
        #expect(stat(workplace.database, &status) == 0 && status.st_mode & 0o7777 == 0o600)
        let after = try await workplace.count("results")
        #expect(after > Int(before.trimmingCharacters(in: .newlines)) ?? .max)
        let check = try await workplace.query("PRAGMA integrity_check; PRAGMA foreign_key_check;")
        #expect(check == "ok\n")
    }

    @Test("is a plugin and requests in the form of 0.1.0, whose answers have all that they had")
    func conversation() async throws {
        let plugin = try await workplace.writeProgram(
            String(contentsOf: fixture("plugin-0.1.py"), encoding: .utf8), to: "old.py")
        try workplace.write(
            """
            socket: kata.sock
            pipelines:
              old:
                queue_size: 5
                worker_count: 2
                producer: { plugin: inbox }
                consumer: { plugin: \(plugin), config: { word: done } }
              kata:
                queue_size: 5
                item_count: 0
                worker_count: 1
                producer: { plugin: range, interval: 10ms }
                consumer: { plugin: sleep, duration: 100ms }
            """, to: "kata.yaml")
        let daemon = try await workplace.answering(workplace.startDaemon())
        let lines = try String(contentsOf: fixture("http-0.1.ndjson"), encoding: .utf8).split(separator: "\n")
        for line in lines {
            let request = try JSONDecoder().decode(OldRequest.self, from: Data(line.utf8))
            let words = request.send.split(separator: " ").map(String.init)
            var headers: [String: String] = [:]
            headers["Content-Type"] = request.type
            headers["Idempotency-Key"] = request.key
            let answer = try await workplace.request(
                words[0], words[1], headers: headers, body: Array((request.body ?? "").utf8))
            #expect(answer.status == request.status, "\(request.send): \(answer.body)")
            let missing = Set(request.keys).subtracting(answer.object.keys)
            #expect(missing.isEmpty, "\(request.send): \(answer.body)")
        }
        for id in [1, 2] { try await workplace.wait(for: id, toBe: "done") }
        #expect(
            try await workplace.query("SELECT item, state, attempt, error FROM jobs WHERE job_id = 3")
                == "bad | failed | 3 | no such file\n")
        #expect(
            try await workplace.query("SELECT count(*), min(output) FROM attempts WHERE outcome = 'done'")
                == "2 | done\n")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("is every view and column that 0.2 had")
    func views() async throws {
        try workplace.writeInbox(script: "true")
        try await workplace.withDaemon { _ in }
        let found = try await workplace.query(
            "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'view'")
        try expectAll(of: "views-0.2.txt", in: found)
    }

    @Test("is every command and option that 0.2 had")
    func commands() async throws {
        var found: [String] = []
        for program in [Binaries.katad, Binaries.kataControl] {
            let help = try await workplace.run(program, ["--experimental-dump-help"])
            let tool = try #require(try JSONSerialization.jsonObject(with: Data(help.output.utf8)) as? [String: Any])
            found += Self.options(of: tool["command"] as? [String: Any] ?? [:], in: [])
        }
        try expectAll(of: "commands-0.2.txt", in: found.joined(separator: "\n"))
    }

    @Test("is every metric that 0.2 had, of its type")
    func metrics() async throws {
        try workplace.writeInbox(script: "[ $KATA_ITEM != bad ]")
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["good", "bad"])
            for (id, state) in zip(ids, ["done", "failed"]) { try await workplace.wait(for: id, toBe: state) }
            let answer = try await workplace.request("GET", "/metrics")
            let found = answer.body.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }.joined(separator: "\n")
            try expectAll(of: "metrics-0.2.txt", in: found)
        }
    }

    /// The names of a command's options and of those below it, each with the command before it.
    private static func options(of command: [String: Any], in path: [String]) -> [String] {
        let path = path + [command["commandName"] as? String ?? ""]
        let arguments = command["arguments"] as? [[String: Any]] ?? []
        let names = arguments.flatMap { argument -> [String] in
            let names = argument["names"] as? [[String: Any]] ?? []
            return names.isEmpty
                ? ["<\(argument["valueName"] as? String ?? "")>"]
                : names.map { "\($0["kind"] as? String == "short" ? "-" : "--")\($0["name"] as? String ?? "")" }
        }
        let below = command["subcommands"] as? [[String: Any]] ?? []
        return names.map { (path + [$0]).joined(separator: " ") } + below.flatMap { options(of: $0, in: path) }
    }

    /// Expects each line of a fixture among these lines. `KATA_WRITE_FIXTURES` writes it anew, for a release.
    private func expectAll(of name: String, in found: String) throws {
        let lines = Set(found.split(separator: "\n").map(String.init))
        if ProcessInfo.processInfo.environment["KATA_WRITE_FIXTURES"] != nil {
            try lines.sorted().map { "\($0)\n" }.joined().write(to: fixture(name), atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: fixture(name), encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(expected.count > 20)
        let missing = expected.filter { !lines.contains($0) }
        #expect(missing.isEmpty, "\(missing)")
    }

    private struct OldRequest: Decodable {
        let send: String
        let type: String?
        let body: String?
        let key: String?
        let status: Int
        let keys: [String]
    }

    private func fixture(_ name: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)")
    }

    /// Writes the configuration, and what it names.
    private func prepare() async throws {
        try workplace.write(String(contentsOf: fixture("kata-0.1.yaml"), encoding: .utf8), to: "kata.yaml")
        try workplace.write("one\ntwo\n", to: "lines.txt")
        try workplace.write("Bearer 42\n", to: "token")
        try workplace.write("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", to: "secret")
        try await workplace.writeProgram("#!/usr/bin/env python3\n", to: "plugin.py")
        for name in ["spool", "plugins"] {
            try FileManager.default.createDirectory(
                at: workplace.directory.appendingPathComponent(name), withIntermediateDirectories: true)
        }
    }
}
