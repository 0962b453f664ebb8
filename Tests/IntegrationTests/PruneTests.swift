import Foundation
import KataTestSupport
import Testing

@Suite("kata-ctl prune", .timeLimit(.minutes(10)))
struct PruneTests {
    @Test("forgets the jobs in a state, with their results, and keeps the counters")
    func state() async throws {
        try await withJobs { workplace, ids in
            let outcome = try await workplace.ctl("prune", "mail", "--state", "done", "--older-than", "0")
            #expect((outcome.code, outcome.output) == (0, "pipeline mail: 2 done jobs forgotten\n"))
            #expect(try await jobs(in: workplace) == Array(ids[2...]))
            #expect(try await workplace.query("SELECT item FROM results") == "c\n")
            #expect(try await workplace.query("SELECT DISTINCT job_id FROM attempts") == "\(ids[2])\n\(ids[3])\n")
            #expect(try await workplace.request("GET", "/v1/jobs/\(ids[0])").status == 404)
            let counts = try await workplace.status().pipelines[0].counts
            #expect((counts.done, counts.failed) == (3, 1))
            #expect(try await workplace.query("SELECT done, failed, cancelled FROM runs") == "3 | 1 | 1\n")
            #expect(try await workplace.query("PRAGMA foreign_key_check") == "")
        }
    }

    @Test("forgets none that is younger, and none that is not finished", arguments: ["done", "failed", "cancelled"])
    func age(state: String) async throws {
        try await withJobs { workplace, ids in
            let young = try await workplace.ctl("prune", "mail", "--state", state, "--older-than", "1h")
            #expect((young.code, young.output) == (0, "pipeline mail: 0 \(state) jobs forgotten\n"))
            #expect(try await jobs(in: workplace) == ids)
            let old = try await workplace.ctl("prune", "mail", "--state", state, "--older-than", "0", "--json")
            #expect(old.output == "{\n  \"changed\" : \(state == "done" ? 2 : 1)\n}\n")
            #expect(try await workplace.count("jobs WHERE state = '\(state)'") == (state == "done" ? 1 : 0))
            #expect(try await workplace.job(ids[5]).state == "scheduled")
        }
    }

    @Test("--dry-run counts what would be forgotten, and forgets nothing")
    func dryRun() async throws {
        try await withJobs { workplace, ids in
            let outcome = try await workplace.ctl("prune", "mail", "--state", "done", "--older-than", "0", "--dry-run")
            #expect((outcome.code, outcome.output) == (0, "pipeline mail: 2 done jobs would be forgotten\n"))
            #expect(try await jobs(in: workplace) == ids)
        }
    }

    @Test("--archive keeps each job that is forgotten as it was, with its attempts and their output")
    func archive() async throws {
        try await withJobs { workplace, ids in
            var documents: [NSDictionary] = []
            for id in ids[0...1] {
                documents.append(try await workplace.request("GET", "/v1/jobs/\(id)").object as NSDictionary)
            }
            let outcome = try await prune(into: "archive", in: workplace)
            #expect((outcome.code, outcome.errors) == (0, ""))
            #expect(outcome.output == "pipeline mail: 2 done jobs forgotten, and kept in archive\n")
            let lines = try workplace.read("archive").split(separator: "\n")
            let archived = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? NSDictionary }
            #expect(archived == documents)
            let outputs = documents.map { ($0["attempts"] as? [[String: Any]])?.map { $0["output"] as? String } }
            #expect(outputs == [["did a\n"], ["did b\n"]])
            #expect(try await jobs(in: workplace) == Array(ids[2...]))
        }
    }

    @Test("--archive keeps thousands of jobs, each once")
    func largeArchive() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let body = (1...2_100).map { "{\"item\": \"\($0)\"}\n" }.joined()
            let answer = try await workplace.post(Array(body.utf8), type: "application/x-ndjson")
            try await #require(eventually { try await workplace.count("results") == answer.ids.count })
            let outcome = try await prune(into: "archive", in: workplace)
            let left = try await jobs(in: workplace)
            #expect(outcome.output.hasPrefix("pipeline mail: \(answer.ids.count - left.count) done jobs forgotten"))
            let lines = try workplace.read("archive").split(separator: "\n")
            let archived = try lines.map { line in
                (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["id"] as? Int
            }
            #expect(archived == answer.ids.filter { !left.contains($0) })
            // The latest job and the one with the latest result.
            #expect((1...2).contains(left.count))
        }
    }

    @Test("forgets nothing without a new archive", arguments: ["there", "missing/archive", "directory"])
    func refusedArchive(name: String) async throws {
        try await withJobs { workplace, ids in
            try workplace.write("kept", to: "there")
            try FileManager.default.createDirectory(
                atPath: workplace.path("directory"), withIntermediateDirectories: false)
            let outcome = try await prune(into: name, in: workplace)
            #expect((outcome.code, outcome.output) == (73, ""))
            #expect(outcome.errors.hasPrefix("kata-ctl: cannot create '\(name)': "))
            #expect(try workplace.read("there") == "kept")
            #expect(try await jobs(in: workplace) == ids)
        }
    }

    @Test("is done by the daemon itself, as the retention says")
    func retention() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: script)
        try await withJobs(in: workplace) { _, _ in }
        let before = try await jobs(in: workplace)
        // It looks at the start, and then once an hour.
        try workplace.writeInbox(script: script, pipeline: "retention: { done: 1ms, failed: 1h }")
        try await workplace.withDaemon { _ in
            try await #require(eventually { try await workplace.count("jobs WHERE state = 'done'") == 1 })
            #expect(try await jobs(in: workplace) == Array(before[2...]))
        }
    }

    @Test(
        "ends in a usage error when it is called wrongly",
        arguments: [
            [], ["mail"], ["mail", "--state", "done"], ["mail", "--older-than", "1h"],
            ["mail", "--state", "pending", "--older-than", "1h"], ["mail", "--state", "done", "--older-than", "1y"],
            ["mail", "--state", "done", "--older-than", "1h", "--dry-run", "--archive", "a"],
        ])
    func usage(arguments: [String]) async throws {
        let workplace = try Workplace()
        let outcome = try await workplace.run(Binaries.kataControl, ["prune"] + arguments)
        #expect(outcome.code == 64)
        #expect(outcome.errors.hasPrefix("Error: "))
    }

    private let script = "echo did $KATA_ITEM; test $KATA_ITEM != bad || exit 65"

    private func withJobs(_ body: (Workplace, [Int]) async throws -> Void) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: script)
        try await withJobs(in: workplace, body)
    }

    /// Runs `body` beside a daemon with six jobs: three that are done, then failed, cancelled and scheduled. The third stays,
    /// because it has the latest result.
    private func withJobs(in workplace: Workplace, _ body: (Workplace, [Int]) async throws -> Void) async throws {
        try await workplace.withDaemon { _ in
            var ids = try await workplace.submit(["a", "b"])
            for id in ids { try await workplace.wait(for: id, toBe: "done") }
            ids += try await workplace.submit(["c"])
            try await workplace.wait(for: ids[2], toBe: "done")
            ids += try await workplace.submit(["bad"])
            try await workplace.wait(for: ids[3], toBe: "failed")
            ids += try await workplace.submit(["never", "later"], to: "mail", "--in", "1h")
            #expect(try await workplace.ctl("cancel", "\(ids[4])").code == 0)
            try await body(workplace, ids)
        }
    }

    private func jobs(in workplace: Workplace) async throws -> [Int] {
        try await workplace.query("SELECT job_id FROM jobs ORDER BY job_id").split(separator: "\n").compactMap {
            Int($0)
        }
    }

    private func prune(into archive: String, in workplace: Workplace) async throws -> Workplace.Outcome {
        try await workplace.ctl("prune", "mail", "--state", "done", "--older-than", "0", "--archive", archive)
    }
}
