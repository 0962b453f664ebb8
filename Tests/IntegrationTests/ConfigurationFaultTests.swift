import Foundation
import KataTestSupport
import Testing

@Suite("A faulty configuration")
struct ConfigurationFaultTests {
    @Test("is refused in one precise line", arguments: FaultyConfiguration.values)
    func value(_ faulty: FaultyConfiguration) async throws {
        try await expectRefusal(of: faulty)
    }

    @Test("with a key that can't be there is refused in one precise line", arguments: FaultyConfiguration.keys)
    func key(_ faulty: FaultyConfiguration) async throws {
        try await expectRefusal(of: faulty)
    }

    @Test("that is no configuration is refused in one precise line", arguments: FaultyConfiguration.files)
    func file(_ faulty: FaultyConfiguration) async throws {
        try await expectRefusal(of: faulty)
    }

    @Test("starts nothing")
    func startsNothing() async throws {
        let workplace = try Workplace()
        try workplace.write("pipelines: {}\n", to: "kata.yaml")
        let outcome = try await workplace.runDaemon()
        #expect(outcome.code == 78)
        #expect(outcome.output.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: workplace.database))
        #expect(!FileManager.default.fileExists(atPath: workplace.database + ".lock"))
        #expect(!FileManager.default.fileExists(atPath: workplace.socket))
    }

    @Test("shows each of its faults in a line")
    func severalFaults() async throws {
        let workplace = try Workplace()
        let text = FaultyConfiguration.sound.replacingOccurrences(of: "50", with: "0")
            .replacingOccurrences(of: "item_count: 100", with: "item_count: -1")
        try workplace.write(text, to: "kata.yaml")
        let outcome = try await workplace.runDaemon("--check")
        #expect(outcome.code == 78)
        #expect(
            outcome.errors == """
                kata.yaml:3:17: queue_size is '0', expected a whole number from 1 to 1000000
                kata.yaml:4:17: item_count is '-1', expected a whole number from 0 to 100000000000

                """
        )
    }

    @Test("whose aliases multiply is refused before it fills the memory")
    func aliasBomb() async throws {
        let workplace = try Workplace()
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        try workplace.write(text, to: "kata.yaml")
        let outcome = try await workplace.runDaemon("--check")
        #expect(outcome.code == 78)
        #expect(isOneLine(outcome.errors))
        #expect(outcome.errors.contains("too many or too deeply nested values"))
    }

    @Test("that nests deeper than a stack is refused", arguments: ["[", "{a: ", "- ", "? "], ["\n", "\r\n"])
    func deepNesting(opening: String, lineEnd: String) async throws {
        let workplace = try Workplace()
        try workplace.write("a:\(lineEnd)" + String(repeating: opening, count: 100_000), to: "kata.yaml")
        let outcome = try await workplace.runDaemon("--check")
        #expect(outcome.code == 78)
        #expect(isOneLine(outcome.errors))
    }

    @Test("with tabs for blanks is refused where the tab stands")
    func tabs() async throws {
        let workplace = try Workplace()
        let text = FaultyConfiguration.sound.replacingOccurrences(of: "    queue_size", with: "\tqueue_size")
        try workplace.write(text, to: "kata.yaml")
        let outcome = try await workplace.runDaemon("--check")
        #expect(outcome.code == 78)
        #expect(isOneLine(outcome.errors))
        #expect(outcome.errors.hasPrefix("kata.yaml:3:1: "))
    }

    @Test("is named with the path that was given")
    func path() async throws {
        let workplace = try Workplace()
        try FileManager.default.createDirectory(atPath: workplace.path("etc"), withIntermediateDirectories: false)
        try workplace.write("", to: "etc/kata.yaml")
        let outcome = try await workplace.run(Binaries.katad, ["--config", "etc/kata.yaml", "--check"])
        #expect(outcome.code == 78)
        #expect(outcome.errors == "etc/kata.yaml:1:1: the file is empty, expected 'pipelines:'\n")
    }

    private func expectRefusal(of faulty: FaultyConfiguration) async throws {
        let workplace = try Workplace()
        try workplace.write(faulty.text, to: "kata.yaml")
        let outcome = try await workplace.runDaemon("--check")
        #expect(outcome.code == 78)
        #expect(outcome.errors == "kata.yaml:\(faulty.line)\n")
        #expect(outcome.output.isEmpty)
    }

    private func isOneLine(_ text: String) -> Bool {
        text.hasSuffix("\n") && text.utf8.count { $0 == UInt8(ascii: "\n") } == 1
    }
}

@Suite("A configuration that is no file")
struct ConfigurationFileTests {
    @Test(
        "is refused",
        arguments: [
            ("missing.yaml", "the file can't be read (No such file or directory), expected a readable YAML file"),
            ("/dev/null", "this is no regular file, expected a YAML file"),
            ("/dev/zero", "this is no regular file, expected a YAML file"),
            ("/", "this is a directory, expected a YAML file"),
            ("/dev/null/x", "the file can't be read (Not a directory), expected a readable YAML file"),
        ])
    func special(path: String, message: String) async throws {
        let workplace = try Workplace()
        let outcome = try await workplace.run(Binaries.katad, ["--config", path, "--check"])
        #expect(outcome.code == 78)
        #expect(outcome.errors == "\(path):1:1: \(message)\n")
    }

    @Test("does not make the daemon wait for somebody to write to a pipe")
    func pipe() async throws {
        let workplace = try Workplace()
        try #require(mkfifo(workplace.path("kata.yaml"), 0o600) == 0)
        let outcome = try await workplace.runDaemon("--check")
        #expect(outcome.code == 78)
        #expect(outcome.errors == "kata.yaml:1:1: this is no regular file, expected a YAML file\n")
    }

    @Test("because it must not be read is refused")
    func unreadable() async throws {
        let workplace = try Workplace()
        try workplace.write(FaultyConfiguration.sound, to: "kata.yaml")
        try #require(chmod(workplace.path("kata.yaml"), 0) == 0)
        let outcome = try await workplace.runUnprivileged(Binaries.katad, ["--config", "kata.yaml", "--check"])
        #expect(outcome.code == 78)
        #expect(
            outcome.errors
                == "kata.yaml:1:1: the file can't be read (Permission denied), expected a readable YAML file\n"
        )
    }

    @Test("because it is not UTF-8 is refused")
    func encoding() async throws {
        let workplace = try Workplace()
        let bytes = Data("pipelines: \u{e9}\n".unicodeScalars.map { UInt8($0.value) })
        try bytes.write(to: URL(fileURLWithPath: workplace.path("kata.yaml")))
        let outcome = try await workplace.runDaemon("--check")
        #expect(outcome.code == 78)
        #expect(outcome.errors.contains("the file is not valid UTF-8, expected YAML text\n"))
    }
}

extension Workplace {
    /// Runs a program that file permissions hold for: the user root has that power taken away.
    func runUnprivileged(_ program: String, _ arguments: [String]) async throws -> Outcome {
        guard geteuid() == 0 else { return try await run(program, arguments) }
        let capabilities = "--bounding-set=-dac_override,-dac_read_search"
        return try await run("setpriv", [capabilities, program] + arguments)
    }
}
