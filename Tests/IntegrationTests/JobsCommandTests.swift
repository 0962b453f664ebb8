import Foundation
import KataTestSupport
import Testing

@Suite("kata-ctl jobs", .timeLimit(.minutes(10)))
struct JobsCommandTests {
    @Test("lists jobs, the latest first")
    func list() async throws {
        try await withJobs { workplace, ids in
            let outcome = try await workplace.ctl("jobs")
            #expect((outcome.code, outcome.errors) == (0, ""))
            let lines = outcome.output.split(separator: "\n")
            try #require(lines.count == 5)
            #expect(lines[0].hasPrefix("ID  PIPELINE  STATE"))
            let rows = lines.dropFirst().map { $0.split(separator: " ", omittingEmptySubsequences: true) }
            #expect(rows.map { Int($0[0]) } == ids.reversed())
            #expect(rows.map { $0[2] } == ["cancelled", "scheduled", "failed", "done"])
            #expect(lines[3].hasSuffix("bad  (exited with 65: no good)"))
        }
    }

    @Test("lists those in a state, of a pipeline, or from a place on")
    func filters() async throws {
        try await withJobs { workplace, ids in
            let expected: [([String], [Int])] = [
                (["--state", "done"], [ids[0]]),
                (["--state", "failed"], [ids[1]]),
                (["--state", "scheduled"], [ids[2]]),
                (["--state", "cancelled"], [ids[3]]),
                (["--state", "pending"], []),
                (["--pipeline", "mail"], ids.reversed()),
                (["--pipeline", "mail", "--state", "done"], [ids[0]]),
                (["--before", "\(ids[2])"], [ids[1], ids[0]]),
                (["--limit", "2"], [ids[3], ids[2]]),
                (["--limit", "2", "--before", "\(ids[2])"], [ids[1], ids[0]]),
            ]
            for (arguments, wanted) in expected {
                let found = try await listed(workplace, arguments)
                #expect(found == wanted, "\(arguments)")
            }
        }
    }

    @Test("shows one with its attempts and its output")
    func one() async throws {
        try await withJobs { workplace, ids in
            let outcome = try await workplace.ctl("jobs", "\(ids[1])")
            #expect((outcome.code, outcome.errors) == (0, ""))
            #expect(outcome.output.hasPrefix("job \(ids[1]), pipeline mail: failed\n"))
            #expect(outcome.output.contains("failed: exited with 65: no good"))
            #expect(outcome.output.contains("output of attempt 1:\n    tried bad\n"))
            let document = try await workplace.ctl("jobs", "\(ids[0])", "--json")
            let job = try object(document.output)
            #expect(job["state"] as? String == "done")
            let attempts = try #require(job["attempts"] as? [[String: Any]])
            #expect(attempts.map { $0["output"] as? String } == ["tried good\n"])
        }
    }

    @Test("shows control characters of items and outputs as such")
    func controlCharacters() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: #"printf "\033[2Jx\n""#)
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["a\u{1b}[31m\nb"])[0]
            try await workplace.wait(for: id, toBe: "done")
            for arguments in [["jobs"], ["jobs", "\(id)"]] {
                let outcome = try await workplace.run(
                    Binaries.kataControl, arguments + ["--socket", workplace.socket])
                #expect(!outcome.output.contains("\u{1b}"))
            }
            #expect(try await workplace.job(id).attempts?.map(\.output) == ["\u{1b}[2Jx\n"])
        }
    }

    @Test("finds the running ones by the state that it shows")
    func running() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: "exec sleep 1000", workers: 1)
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["a", "b"])
            try await workplace.wait(for: ids[0], toBe: "running")
            #expect(try await workplace.ctl("jobs").output.contains("running"))
            let found = try await listed(workplace, ["--state", "running"])
            #expect(found == [ids[0]])
            #expect(try await workplace.ctl("cancel", "--all", "mail").code == 0)
        }
    }

    @Test("says that there is none")
    func none() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            #expect(try await workplace.ctl("jobs").output == "no jobs\n")
            let outcome = try await workplace.ctl("jobs", "7")
            #expect((outcome.code, outcome.errors) == (64, "kata-ctl: there is no job 7\n"))
        }
    }

    @Test(
        "ends in a usage error when it is called wrongly",
        arguments: [
            ["--state", "faild"], ["--limit", "0"], ["--limit", "1001"], ["x"], ["1", "--state", "done"], ["1", "2"],
        ])
    func usage(arguments: [String]) async throws {
        let workplace = try Workplace()
        let outcome = try await workplace.run(Binaries.kataControl, ["jobs"] + arguments)
        #expect(outcome.code == 64)
        #expect(outcome.errors.hasPrefix("Error: "))
    }

    /// Runs `body` beside a daemon with four jobs: done, failed, scheduled and cancelled.
    private func withJobs(_ body: (Workplace, [Int]) async throws -> Void) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            script: "echo tried $KATA_ITEM; test $KATA_ITEM = good && exit; echo no good >&2; exit 65")
        try await workplace.withDaemon { _ in
            var ids = try await workplace.submit(["good", "bad"])
            ids += try await workplace.submit(["later", "never"], "--in", "1h")
            #expect(try await workplace.ctl("cancel", "\(ids[3])").code == 0)
            try await workplace.wait(for: ids[0], toBe: "done")
            try await workplace.wait(for: ids[1], toBe: "failed")
            try await body(workplace, ids)
        }
    }

    private func listed(_ workplace: Workplace, _ arguments: [String]) async throws -> [Int] {
        let outcome = try await workplace.run(
            Binaries.kataControl, ["jobs", "--json", "--socket", workplace.socket] + arguments)
        try #require(outcome.code == 0, "\(outcome.errors)")
        let jobs = try #require(try object(outcome.output)["jobs"] as? [[String: Any]])
        return jobs.compactMap { $0["id"] as? Int }
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }
}
