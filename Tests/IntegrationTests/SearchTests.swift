import Foundation
import KataTestSupport
import Testing

@Suite("Jobs that are looked for", .timeLimit(.minutes(10)))
struct SearchTests {
    private let script =
        "test -e fixed && exit 0; case $KATA_ITEM in bad*) echo no file /x/$KATA_ITEM >&2; exit 65;; esac"

    /// Runs `body` with a daemon that has done or failed these jobs.
    private func withJobs(_ items: [String], _ body: (Workplace, [Int]) async throws -> Void) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: script)
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(items)
            for id in ids { try await #expect(workplace.ctl("wait", "\(id)").code != 124) }
            try await body(workplace, ids)
        }
    }

    @Test("are listed by item, error, keys and time")
    func list() async throws {
        try await withJobs(["good one", "bad1", "bad2"]) { workplace, ids in
            _ = try await workplace.ctl("submit", "mail", "later", "--in", "1h", "--key", "k", "--unique", "u")
            func found(_ arguments: String...) async throws -> [Int64] {
                struct List: Decodable {
                    struct Job: Decodable { let id: Int64 }
                    let jobs: [Job]
                    let lookedAt: Int?
                }
                let outcome = try await workplace.run(
                    Binaries.kataControl, ["jobs", "--json", "--socket", workplace.socket] + arguments)
                try #require(outcome.code == 0, "\(outcome.errors)")
                let decoder = JSONDecoder()
                decoder.keyDecodingStrategy = .convertFromSnakeCase
                let list = try decoder.decode(List.self, from: Data(outcome.output.utf8))
                #expect(list.lookedAt != nil)
                return list.jobs.map(\.id)
            }
            try await #expect(found("--item", "good o") == [1])
            try await #expect(found("--error", "/x/bad") == [3, 2])
            try await #expect(found("--error", "/x/bad", "--state", "done") == [])
            try await #expect(found("--key", "k") == [4])
            try await #expect(found("--unique", "u", "--pipeline", "mail") == [4])
            try await #expect(found("--since", "1h").count == 4)
            try await #expect(found("--until", "1h") == [])
            let wrong = try await workplace.ctl("jobs", "--since", "yesterday")
            #expect(wrong.code == 64 && wrong.errors.contains("--since is 'yesterday'"))
            let answer = try await workplace.request("GET", "/v1/jobs?itme=x")
            #expect(answer.status == 400 && answer.body.contains("did you mean 'item'"))
        }
    }

    @Test("are tried again as a dry run counts them, and the others are left alone")
    func retry() async throws {
        try await withJobs(["good", "bad1", "bad2", "bad3"]) { workplace, ids in
            let dry = try await workplace.ctl("retry", "--error", "/x/bad", "--dry-run")
            #expect(dry.code == 0 && dry.output == "would retry 3 jobs\n")
            let json = try await workplace.ctl("retry", "--error", "/x/bad2", "--dry-run", "--json")
            #expect(json.output.contains("\"matched\" : 1"))
            try workplace.write("", to: "fixed")
            let done = try await workplace.ctl("retry", "--item", "bad2")
            #expect(done.code == 0 && done.output == "1 job gets one more attempt\n")
            try await workplace.wait(for: ids[2], toBe: "done")
            try await #expect(workplace.count("jobs WHERE state = 'failed'") == 2)
            try await #expect(workplace.ctl("retry").code == 64)
            try await #expect(workplace.ctl("retry", "1", "--item", "x").code == 64)
            try await #expect(workplace.ctl("retry", "--state", "done").code == 64)
            let body = try await workplace.request("POST", "/v1/jobs/retry")
            #expect(body.status == 400)
            try await #expect(workplace.request("POST", "/v1/jobs/retry?state=done").status == 400)
        }
    }

    @Test("are cancelled and forgotten by what is looked for")
    func cancelAndPrune() async throws {
        try await withJobs(["good", "bad1", "bad2", "last"]) { workplace, _ in
            _ = try await workplace.ctl("submit", "mail", "later 1", "later 2", "keep", "--in", "1h")
            let cancelled = try await workplace.ctl("cancel", "--item", "later", "--yes")
            #expect(cancelled.code == 0 && cancelled.output == "2 jobs cancelled\n")
            try await #expect(workplace.count("jobs WHERE state = 'scheduled'") == 1)
            let dry = try await workplace.ctl("prune", "mail", "--state", "failed", "--item", "bad1", "--dry-run")
            #expect(dry.output == "pipeline mail: 1 failed job would be forgotten\n", "\(dry.errors)")
            let pruned = try await workplace.ctl("prune", "mail", "--state", "failed", "--item", "bad1")
            #expect(pruned.output == "pipeline mail: 1 failed job forgotten\n", "\(pruned.errors)")
            try await #expect(workplace.count("jobs WHERE state = 'failed'") == 1)
            try await #expect(workplace.ctl("prune", "mail", "--state", "failed").code == 64)
        }
    }

    @Test("are grouped by what is the same in their errors, and tried again one first")
    func failures() async throws {
        try await withJobs(["bad1", "bad2", "good", "bad3"]) { workplace, ids in
            let table = try await workplace.ctl("failures")
            #expect(table.code == 0 && table.output.contains("exited with #: no file <path>"), "\(table.output)")
            let answer = try await workplace.request("GET", "/v1/failures")
            let start = try #require(answer.body.range(of: "\"group\":\"")?.upperBound)
            let group = String(answer.body[start...].prefix(12))
            #expect(answer.body.contains("\"count\":3") && answer.body.contains("\"example_id\":\(ids[3])"))
            let dry = try await workplace.ctl("retry", "--group", group, "--dry-run")
            #expect(dry.output == "would retry 3 jobs\n")
            // The first one fails again, so that the others stay as they are.
            let failed = try await workplace.ctl("retry", "--group", group, "--canary")
            #expect(failed.code == 65 && failed.errors.contains("are left as they are"), "\(failed.errors)")
            try await #expect(workplace.count("attempts WHERE outcome = 'failed'") == 4)
            try workplace.write("", to: "fixed")
            let done = try await workplace.ctl("retry", "--group", group, "--canary")
            #expect(done.code == 0 && done.output == "3 jobs get one more attempt\n", "\(done.errors)")
            for id in ids { try await workplace.wait(for: id, toBe: "done") }
            try await #expect(workplace.ctl("failures").output == "no failed jobs\n")
        }
    }

    @Test("agree, however they fail and finish meanwhile, with what the database says")
    func underLoad() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: "test $((KATA_ITEM % 2)) = 0 || exit 65", workers: 4)
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit((0..<120).map(String.init))
            var retried = 0
            for _ in 0..<5 {
                let outcome = try await workplace.ctl("retry", "--pipeline", "mail", "--json")
                #expect(outcome.code == 0, "\(outcome.errors)")
                struct Change: Decodable {
                    let changed: Int
                    let matched: Int
                }
                let change = try JSONDecoder().decode(Change.self, from: Data(outcome.output.utf8))
                #expect(change.changed == change.matched)
                retried += change.changed
            }
            let outcome = try await workplace.ctl("wait", "\(ids[0])-\(ids[119])")
            #expect(outcome.code == 65)
            try await #expect(workplace.count("attempts WHERE outcome = 'failed'") == 60 + retried)
            let dry = try await workplace.ctl("retry", "--pipeline", "mail", "--dry-run")
            #expect(dry.output == "would retry 60 jobs\n")
        }
    }
}
