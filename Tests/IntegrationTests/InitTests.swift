import Foundation
import KataTestSupport
import Testing

/// `kata-ctl init`.
@Suite("A configuration to begin with", .timeLimit(.minutes(10)))
struct InitTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
    }

    @Test("is valid", arguments: ["kata", "commands", "inbox", "spool", "schedule", "webhook"])
    func valid(_ kind: String) async throws {
        let written = try await workplace.control("init", kind)
        #expect(written.code == 0 && written.output.contains("Next:\n  "), "\(written.errors)")
        if kind == "spool" {
            try FileManager.default.createDirectory(
                atPath: workplace.path("incoming"), withIntermediateDirectories: false)
        }
        let check = try await workplace.runDaemon("--check")
        #expect(check.code == 0 && check.output.contains("valid"), "\(check.errors)")
        let shown = try await workplace.control("init", kind, "--output", "-")
        #expect(try shown.output == workplace.read("kata.yaml"))
    }

    @Test("works, with the commands that are told")
    func works() async throws {
        let written = try await workplace.control("init")
        let commands = written.output.split(separator: "\n").suffix(2).map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(commands == ["katad --config kata.yaml --once", "kata-ctl export --database kata.db"])
        let outcome = try await workplace.runDaemon("--once")
        #expect(outcome.output.contains("100 of 100 consumed"), "\(outcome.errors)")
        let export = try await workplace.control("export", "--database", "kata.db")
        #expect(export.output.split(separator: "\n").count == 100)
    }

    @Test("is written over nothing, and as JSON says what comes next")
    func careful() async throws {
        try workplace.write("mine", to: "kata.yaml")
        let refused = try await workplace.control("init", "inbox")
        #expect(refused.code == 64 && refused.errors.contains("is left as it is"), "\(refused.errors)")
        #expect(try workplace.read("kata.yaml") == "mine")
        let other = try await workplace.control("init", "inbox", "--output", "other.yaml", "--json")
        let answer = try #require(
            JSONSerialization.jsonObject(with: Data(other.output.utf8)) as? [String: Any])
        #expect(answer["kind"] as? String == "inbox" && (answer["next"] as? [String])?.count == 2)
        #expect(try await workplace.control("init", "nothing").code == 64)
    }

    @Test("is offered by a daemon that has none")
    func offered() async throws {
        let outcome = try await workplace.run(Binaries.katad, [], environment: ["KATA_CONFIG": ""])
        #expect(outcome.code == 78 && outcome.errors.contains("kata-ctl init"), "\(outcome.errors)")
    }
}
