import Foundation
import KataTestSupport
import Testing

@Suite("Attempts that fail", .timeLimit(.minutes(10)))
struct RetryTests {
    @Test("are recorded, and the job is tried again until it is done")
    func triesAgain() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            script: "echo out $KATA_ATTEMPT; echo not yet >&2; test $KATA_ATTEMPT -ge 3 || exit 75",
            pipeline: "retry: { attempts: 5, backoff: 50ms }")
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["a"])[0]
            try await workplace.wait(for: id, toBe: "done")
            let job = try await workplace.job(id)
            #expect(job.attempt == 3)
            #expect(job.error == nil)
            let attempts = try #require(job.attempts)
            #expect(attempts.map(\.attempt) == [1, 2, 3])
            #expect(attempts.map(\.outcome) == ["failed", "failed", "done"])
            #expect(attempts.map(\.error) == ["exited with 75: not yet", "exited with 75: not yet", nil])
            #expect(attempts.map(\.output) == ["out 1\n", "out 2\n", "out 3\n"])
            #expect(try await workplace.query("SELECT attempt FROM results") == "3\n")
        }
    }

    @Test("are as many as the policy says, or the job; then it has failed")
    func givesUp() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: "exit 1", pipeline: "retry: { attempts: 3, backoff: 1ms }")
        try await workplace.withDaemon { _ in
            let usual = try await workplace.submit(["a"])[0]
            let fewer = try await workplace.submit(["b"], "--max-attempts", "1")[0]
            let more = try await workplace.submit(["c"], "--max-attempts", "5")[0]
            for (id, count) in [(usual, 3), (fewer, 1), (more, 5)] {
                try await workplace.wait(for: id, toBe: "failed")
                let job = try await workplace.job(id)
                #expect(job.attempts?.count == count)
                #expect(job.error == "exited with 1")
            }
            #expect(try await workplace.count("results") == 0)
        }
    }

    @Test("with exit code 65 are the last, and with another code without a policy as well")
    func permanent() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            script: "exit $KATA_ITEM", pipeline: "retry: { attempts: 5, backoff: 1ms }")
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["65"])[0]
            try await workplace.wait(for: id, toBe: "failed")
            #expect(try await workplace.job(id).attempts?.count == 1)
        }
        try workplace.writeInbox(script: "exit $KATA_ITEM")
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["1"])[0]
            try await workplace.wait(for: id, toBe: "failed")
            #expect(try await workplace.job(id).attempts?.count == 1)
        }
    }

    @Test("for lack of time end their process, and say so")
    func timeout() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            // Long enough for the shell to have written its number.
            script: "echo $$ > pid; exec sleep 1000.25", keys: "timeout: 5s,",
            pipeline: "retry: { attempts: 2, backoff: 1ms }")
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["a"])[0]
            try await workplace.wait(for: id, toBe: "failed")
            let job = try await workplace.job(id)
            #expect(job.attempts?.map(\.error) == ["timed out after 5.000 s", "timed out after 5.000 s"])
            let process = try #require(pid_t(workplace.read("pid").trimmingCharacters(in: .newlines)))
            // By now it is gone, or another process has its number.
            let command = (try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)) ?? ""
            #expect(!command.contains("1000.25"))
        }
    }

    @Test("wait for their time across a restart")
    func restart() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            script: "test -e fixed || exit 75", pipeline: "retry: { attempts: 1000, backoff: 20ms, max: 20ms }")
        let first = try await workplace.startAnsweringDaemon()
        let id = try await workplace.submit(["a"])[0]
        try await #require(eventually { try await workplace.job(id).attempts?.count ?? 0 >= 2 })
        try await workplace.crash(first)
        let before = try await workplace.count("attempts")
        try await workplace.withDaemon { _ in
            try await #require(eventually { try await workplace.count("attempts") > before })
            try workplace.write("", to: "fixed")
            try await workplace.wait(for: id, toBe: "done")
            // Each attempt is there once, in order.
            let attempts = try #require(try await workplace.job(id).attempts)
            #expect(attempts.map(\.attempt) == Array(1...attempts.count))
        }
    }
}
