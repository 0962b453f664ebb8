import Foundation
import KataTestSupport
import Testing

@Suite("Jobs that are changed while they wait", .timeLimit(.minutes(10)))
struct EditTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
    }

    @Test("kata-ctl edit changes what waits, and refuses what has begun or is finished")
    func edit() async throws {
        try workplace.writeInbox(script: "while test ! -e go; do sleep 0.01; done; echo $KATA_ITEM", workers: 1)
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["a", "b", "c"])
            try await workplace.wait(for: ids[0], toBe: "running")
            let edited = try await workplace.ctl("edit", "\(ids[1])", "--item", "new b", "--priority", "-5")
            #expect((edited.code, edited.errors) == (0, ""))
            #expect(edited.output.hasPrefix("job \(ids[1]): "))
            let begun = try await workplace.ctl("edit", "\(ids[0])", "--item", "x")
            #expect(begun.code == 64 && begun.errors.contains("has begun"), "\(begun)")
            let later = try await workplace.ctl("edit", "\(ids[2])", "--in", "1h", "--key", "k", "--json")
            #expect(later.code == 0 && later.output.contains("\"scheduled\"") && later.output.contains("\"k\""))
            try workplace.write("", to: "go")
            try await workplace.wait(for: ids[1], toBe: "done")
            #expect(try await workplace.job(ids[1]).attempts?.map(\.output) == ["new b\n"])
            let done = try await workplace.ctl("edit", "\(ids[1])", "--priority", "1")
            #expect(done.code == 64 && done.errors.contains("is done"), "\(done)")
            let due = try await workplace.ctl("edit", "\(ids[2])", "--item", "now", "--in", "0s")
            #expect(due.code == 0)
            try await workplace.wait(for: ids[2], toBe: "done")
            #expect(try await workplace.query("SELECT item, key FROM jobs WHERE job_id = \(ids[2])") == "now | k\n")
        }
    }

    @Test("over HTTP say what is wrong with an edit")
    func faults() async throws {
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["a"], "--in", "1h")[0]
            for (body, status, detail) in [
                (#"{"prio": 1}"#, 422, "can't be edited"), ("{}", 422, "nothing is to be changed"),
                ("", 422, "too early"),
                (#"{"run_at": "2001-01-01T00:00:00Z"}"#, 422, "a time to come"),
            ] {
                let answer = try await workplace.request("PATCH", "/v1/jobs/\(id)", body: Array(body.utf8))
                #expect(answer.status == status && answer.body.contains(detail), "\(answer.body)")
            }
            let unknown = try await workplace.request("PATCH", "/v1/jobs/99", body: Array(#"{"priority": 1}"#.utf8))
            #expect(unknown.status == 404)
            let usage = try await workplace.ctl("edit", "\(id)")
            #expect(usage.code == 64 && usage.errors.contains("--item"))
        }
    }

    @Test("kata-ctl retry --with-item adds a corrected copy")
    func copy() async throws {
        try workplace.writeInbox(script: "test $KATA_ITEM = good || exit 65")
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["bad"], "--tag", "t", "--priority", "4")[0]
            try await workplace.wait(for: id, toBe: "failed")
            let outcome = try await workplace.ctl("retry", "\(id)", "--with-item", "good")
            #expect(outcome.code == 0 && outcome.output.hasSuffix(", a copy of job \(id)\n"), "\(outcome)")
            try await workplace.wait(for: id + 1, toBe: "done")
            #expect(
                try await workplace.query("SELECT item, copy_of, tags, priority, state FROM jobs ORDER BY job_id")
                    == "bad |  | t | 4 | failed\ngood | \(id) | t | 4 | done\n")
            let described = try await workplace.ctl("jobs", "\(id + 1)")
            #expect(described.output.contains("job \(id)"))
        }
    }

    @Test("have tags by which they are found")
    func tags() async throws {
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            try await workplace.submit(["a"], "--tag", "nightly", "--tag", "x")
            try await workplace.submit(["b"])
            try workplace.write(#"{"item": "c", "tags": ["nightly"]}"#, to: "jobs.ndjson")
            #expect(try await workplace.ctl("submit", "mail", "--file", "jobs.ndjson").code == 0)
            let list = try await workplace.ctl("jobs", "--tag", "nightly")
            let lines = list.output.split(separator: "\n")
            #expect(lines.count == 3 && lines[0].contains("TAGS") && lines[1].contains("nightly"), "\(list)")
            #expect(try await workplace.ctl("jobs", "--tag", "other").output == "no jobs\n")
            let bad = try await workplace.ctl("submit", "mail", "d", "--tag", "a b")
            #expect(bad.code == 64 && bad.errors.contains("a b"))
        }
    }

    @Test("are replaced by the next one with their unique key where the pipeline says so")
    func replaced() async throws {
        try workplace.writeInbox(
            script: "while test ! -e go; do sleep 0.01; done; echo $KATA_ITEM", workers: 1,
            pipeline: "on_duplicate: replace")
        try await workplace.withDaemon { _ in
            let first = try await workplace.submit(["a"])[0]
            try await workplace.wait(for: first, toBe: "running")
            let ids = try await workplace.submit(["old"], "--unique", "u")
            #expect(try await workplace.submit(["new"], "--unique", "u") == ids)
            try workplace.write("", to: "go")
            try await workplace.wait(for: ids[0], toBe: "done")
            #expect(try await workplace.job(ids[0]).attempts?.map(\.output) == ["new\n"])
        }
    }
}
