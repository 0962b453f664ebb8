import Foundation
import KataTestSupport
import Testing

@Suite("kata-ctl submit from a pipe or a file of lines", .timeLimit(.minutes(10)))
struct SubmitLinesTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
        try workplace.writeInbox()
    }

    @Test("makes an item of each line, with the options on each")
    func lines() async throws {
        let items = ["a", #"{"item": 1}"#, " b\t\"\\", "日本", "last"]
        try workplace.write("a\n{\"item\": 1}\r\n\n b\t\"\\\n日本\nlast", to: "lines.txt")
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit([], "--lines", "lines.txt", "--priority", "7", "--in", "1h")
            #expect(ids.count == items.count)
            for (id, item) in zip(ids, items) {
                let job = try await workplace.job(id)
                #expect((job.item, job.priority, job.state) == (item, 7, "scheduled"))
            }
            let piped = try await workplace.shell(
                "printf 'x\\ny' | \"$CTL\" submit mail --lines - --socket \"$SOCKET\"")
            #expect(piped.output.split(separator: "\n").count == 2)
        }
    }

    @Test("names the line that can't be an item, by its number in the file")
    func badLines() async throws {
        let before = String(repeating: "\n", count: 1_000) + "a\n"
        try await workplace.withDaemon { _ in
            try Data(before.utf8 + [0xff, 0x0a]).write(to: URL(fileURLWithPath: workplace.path("lines.txt")))
            let invalid = try await workplace.ctl("submit", "mail", "--lines", "lines.txt")
            #expect(invalid.code == 64)
            #expect(invalid.errors == "kata-ctl: line 1002 is not valid UTF-8; no job of its chunk was taken\n")
            try workplace.write(before + String(repeating: "x", count: 1_048_577), to: "lines.txt")
            let long = try await workplace.ctl("submit", "mail", "--lines", "lines.txt")
            #expect(long.code == 64)
            #expect(long.errors.hasPrefix("kata-ctl: line 1002, "), "\(long.errors)")
            #expect(try await workplace.count("jobs") == 0)
        }
    }

    @Test("sends what is there of a pipe that stays open")
    func slowPipe() async throws {
        try await workplace.withDaemon { _ in
            try #require(mkfifo(workplace.path("pipe"), 0o600) == 0)
            let script = "exec 3<>pipe; printf 'a\\nb\\n' >&3; exec \"$1\" submit mail --lines - --socket \"$2\" <&3"
            let process = try ChildProcess(
                "sh", ["-c", script, "sh", Binaries.kataControl, workplace.socket], in: workplace.directory)
            try await #require(eventually { process.standardOutput == "1\n2\n" })
            #expect(!process.hasEnded)
            process.kill(SIGTERM)
            _ = try await process.wait()
        }
    }

    @Test("adds nothing twice when the same lines come through a slow pipe and then from a file")
    func sameChunks() async throws {
        let text = (1...1_500).map { "item \($0)\n" }.joined()
        try workplace.write(text, to: "lines.txt")
        try await workplace.withDaemon { _ in
            let submit = "\"$CTL\" submit mail --idempotency-key k --socket \"$SOCKET\" --lines"
            let slow = "(head -n 3 lines.txt; sleep 0.5; tail -n +4 lines.txt | dd bs=777 status=none) | \(submit) -"
            let first = try await workplace.shell(slow)
            #expect((first.code, first.errors) == (0, ""))
            let second = try await workplace.shell("\(submit) lines.txt")
            #expect((second.code, second.output) == (0, first.output))
            #expect(try await workplace.count("jobs") == 1_500)
        }
    }

    @Test(
        "ends in a usage error when it is called wrongly",
        arguments: [
            ["mail", "a", "--lines", "f"], ["mail", "--file", "f", "--lines", "f"],
            ["mail", "--lines", "f", "--unique", "u"],
        ])
    func usage(arguments: [String]) async throws {
        let outcome = try await workplace.run(Binaries.kataControl, ["submit"] + arguments)
        #expect(outcome.code == 64)
        #expect(outcome.errors.hasPrefix("Error: "))
    }
}
