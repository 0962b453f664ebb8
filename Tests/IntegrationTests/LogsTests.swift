import Foundation
import KataTestSupport
import Testing

@Suite("kata-ctl logs", .timeLimit(.minutes(10)))
struct LogsTests {
    @Test("prints what a job has printed on both of its streams")
    func streams() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: #"echo one; sleep 0.2; echo two >&2; sleep 0.2; printf "\033[1mthree\n""#)
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["x"])[0]
            try await workplace.wait(for: id, toBe: "done")
            let all = try await workplace.ctl("logs", "\(id)")
            #expect((all.code, all.errors) == (0, "") && all.output == "one\ntwo\n\\u{1b}[1mthree\n")
            #expect(try await workplace.ctl("logs", "\(id)", "--stream", "err").output == "two\n")
            #expect(try await workplace.ctl("logs", "\(id)", "--since", "1h").output == all.output)
            #expect(try await workplace.ctl("logs", "\(id)", "--since", "2100-01-01T00:00:00Z").output == "")
            #expect(try await workplace.ctl("logs", "\(id)", "-f").output == all.output)
            let raw = try await workplace.request("GET", "/v1/jobs/\(id)/output")
            #expect(raw.status == 200 && raw.body.contains("\u{1b}[1mthree"))
            let document = try await workplace.ctl("logs", "\(id)", "--json")
            let object = try JSONSerialization.jsonObject(with: Data(document.output.utf8)) as? [String: Any]
            #expect(object?["state"] as? String == "done")
            let parts = try #require(object?["output"] as? [[String: Any]])
            #expect(parts.map { $0["stream"] as? String } == ["out", "err", "out"])
            let rows = try await workplace.query("SELECT stream, text FROM outputs WHERE job_id = \(id)")
            #expect(rows.hasPrefix("out | one\n\nerr | two\n"))
            // Once more where it was before.
            #expect(try await workplace.job(id).attempts?.first?.output == "one\n\u{1b}[1mthree\n")
        }
    }

    @Test("follows a job that has not begun until it is finished, and says how it ended")
    func follow() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            script: #"echo "began $KATA_ITEM"; while [ ! -e go ]; do sleep 0.05; done; echo end; exit 3"#)
        try await workplace.withDaemon { _ in
            _ = try await workplace.ctl("pause", "mail")
            let id = try await workplace.submit(["x"], to: "mail", "--max-attempts", "1")[0]
            let logs = try ChildProcess(
                Binaries.kataControl, ["logs", "-f", "\(id)", "--socket", workplace.socket], in: workplace.directory)
            let json = try ChildProcess(
                Binaries.kataControl, ["logs", "-f", "--json", "\(id)", "--socket", workplace.socket],
                in: workplace.directory)
            _ = try await workplace.ctl("resume", "mail")
            try await #expect(eventually { logs.standardOutput == "began x\n" })
            try workplace.write("", to: "go")
            #expect(try await logs.wait() == 0)
            #expect(try await json.wait() == 0)
            #expect(logs.standardOutput == "began x\nend\n")
            #expect(logs.standardError == "kata-ctl: job \(id) is failed: exited with 3\n")
            let last = try #require(json.standardOutput.split(separator: "\n").last)
            let end = try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
            #expect(end?["type"] as? String == "end" && end?["state"] as? String == "failed")
        }
    }

    @Test("has what was stored before the daemon was killed, and goes on with the next attempt")
    func crash() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            script:
                #"if [ -e second ]; then echo again; else echo first; : > second; n=0; while :; do n=$((n+1)); echo $n; sleep 0.02; done; fi"#
        )
        let daemon = try await workplace.startAnsweringDaemon()
        let id = try await workplace.submit(["x"])[0]
        let logs = try ChildProcess(
            Binaries.kataControl, ["logs", "-f", "\(id)", "--socket", workplace.socket], in: workplace.directory)
        // So many that they are stored in several turns.
        let last = 120
        try await #require(eventually { logs.standardOutput.contains("\n\(last)\n") })
        // Lines are shown at once and stored a little later, while the job goes on.
        try await #require(
            eventually {
                let stored = try await workplace.query("SELECT text FROM outputs WHERE job_id = \(id)")
                // A line that is stored in parts looks like smaller numbers.
                return stored.split(separator: "\n").compactMap { Int($0) }.max() ?? 0 >= last
            })
        try await workplace.crash(daemon)
        try await workplace.withDaemon { _ in
            try await workplace.wait(for: id, toBe: "done")
            let kept = try await workplace.ctl("logs", "\(id)").output
            let numbers = kept.split(separator: "\n").compactMap { Int($0) }
            #expect(numbers.starts(with: 1...last), "\(numbers)")
            #expect(kept.hasPrefix("first\n") && kept.hasSuffix("\nagain\n"))
            #expect(try await logs.wait() == 0, "\(logs.standardError)")
            #expect(logs.standardOutput.hasSuffix("\nagain\n"))
            #expect(logs.standardError.contains("the daemon has ended, and is waited for"))
            #expect(try await workplace.ctl("check").code == 0)
        }
    }

    @Test("keeps the beginning and the end of a flood, and says what is between")
    func flood() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            script: "seq 1 200000", pipeline: "output: { head: 4KiB, tail: 8K, total: 1MiB }")
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["x"])[0]
            try await workplace.wait(for: id, toBe: "done")
            let logs = try await workplace.ctl("logs", "\(id)").output
            #expect(logs.hasPrefix("1\n2\n3\n") && logs.hasSuffix("\n199999\n200000\n"))
            #expect(logs.utf8.count < 13_000)
            let omitted = try #require(logs.firstMatch(of: /\[(\d+) bytes left out\]\n/))
            let kept = logs.utf8.count - omitted.output.0.utf8.count
            // A line break may stand before the note.
            let whole = (1...200_000).reduce(0) { $0 + "\($1)\n".utf8.count }
            #expect((0...1).contains((Int(omitted.output.1) ?? 0) + kept - whole))
            #expect(try await workplace.count("job_output_piece") < 20)
        }
    }

    @Test("ends quietly with Ctrl-C, and the daemon lets go of who is gone, although the job prints nothing more")
    func gone() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: "echo began; while [ ! -e go ]; do sleep 0.1; done")
        try await workplace.withDaemon { daemon in
            let id = try await workplace.submit(["x"])[0]
            let logs = try ChildProcess(
                Binaries.kataControl, ["logs", "-f", "\(id)", "--socket", workplace.socket], in: workplace.directory)
            try await #expect(eventually { logs.standardOutput == "began\n" })
            let count = try socketCount(of: daemon.pid)
            logs.kill(SIGINT)
            #expect(try await logs.wait() == -SIGINT)
            #expect(logs.standardError == "")
            try await #expect(eventually { try self.socketCount(of: daemon.pid) < count })
            try workplace.write("", to: "go")
            try await workplace.wait(for: id, toBe: "done")
        }
    }

    private func socketCount(of pid: pid_t) throws -> Int {
        let directory = "/proc/\(pid)/fd"
        return try FileManager.default.contentsOfDirectory(atPath: directory).count { name in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/\(name)")
            return target?.hasPrefix("socket:") ?? false
        }
    }

    @Test("refuses what it can't show, with the next step")
    func refusals() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["x"])[0]
            try await workplace.wait(for: id, toBe: "done")
            #expect(try await workplace.ctl("logs", "\(id)").output == "")
            for arguments in [
                ["x"], ["0"], ["\(id)", "--attempt", "0"], ["\(id)", "--stream", "both"], ["\(id)", "--since", "x"],
            ] {
                let outcome = try await workplace.run(
                    Binaries.kataControl, ["logs", "--socket", workplace.socket] + arguments)
                #expect(outcome.code == 64 && outcome.output.isEmpty, "\(arguments) \(outcome.errors)")
                #expect(outcome.errors.split(separator: "\n").count == 1, "\(arguments) \(outcome.errors)")
            }
            for arguments in [["4711"], ["4711", "-f"], ["\(id)", "--attempt", "9"]] {
                let outcome = try await workplace.run(
                    Binaries.kataControl, ["logs", "--socket", workplace.socket] + arguments)
                #expect(outcome.code != 0 && outcome.errors.contains("no"), "\(arguments) \(outcome.errors)")
            }
            #expect(
                try await workplace.request("GET", "/v1/jobs/\(id)/output?stram=out").detail.contains(
                    "did you mean 'stream'"))
        }
    }
}
