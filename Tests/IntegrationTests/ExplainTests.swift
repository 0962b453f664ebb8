import Foundation
import KataTestSupport
import Testing

@Suite("kata-ctl explain", .timeLimit(.minutes(10)))
struct ExplainTests {
    private let waits = "until [ -e go ]; do sleep 0.02; done"

    @Test("tells what is in hand from what finds no worker")
    func busy() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: waits, workers: 1)
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["a", "b", "c"])
            try await workplace.wait(for: ids[0], toBe: "running")
            try await expect(ids[0], "running", "it is in the hands of c1", in: workplace)
            try await expect(ids[1], "no_worker", "the worker is busy; 1 job is ahead of it or in hand", in: workplace)
            try await expect(
                ids[2], "no_worker", "the worker is busy; 2 jobs are ahead of it or in hand", in: workplace)
            try workplace.write("", to: "go")
            try await workplace.wait(for: ids[2], toBe: "done")
            try await expect(ids[0], "finished", "it is done", in: workplace)
        }
    }

    @Test("says that a job is finished, and why it failed")
    func finished() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: "echo no good >&2; exit 65")
        try await workplace.withDaemon { _ in
            let failed = try await workplace.submit(["a"])[0]
            try await workplace.wait(for: failed, toBe: "failed")
            try await expect(failed, "finished", "it is failed: exited with 65: no good", in: workplace)
            let cancelled = try await workplace.submit(["b"], to: "mail", "--in", "1h")[0]
            #expect(try await workplace.ctl("cancel", "\(cancelled)").code == 0)
            try await expect(cancelled, "finished", "it is cancelled", in: workplace)
        }
    }

    @Test("says that a job's time has not come")
    func scheduled() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: "exit 75", pipeline: "retry: { attempts: 2, backoff: 24h, max: 24h }")
        try await workplace.withDaemon { _ in
            let later = try await workplace.submit(["a"], to: "mail", "--at", "2099-01-31T12:00:00Z")[0]
            try await expect(later, "scheduled", "it waits until 2099-01-31T12:00:00.000Z", in: workplace)
            let again = try await workplace.submit(["b"])[0]
            try await workplace.wait(for: again, toBe: "scheduled")
            let time = try #require(try await workplace.job(again).runAt)
            try await expect(
                again, "scheduled", "it waits until \(time); it failed before: exited with 75", in: workplace)
        }
    }

    @Test("names the jobs that one waits for")
    func waiting() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["a", "b"], to: "mail", "--in", "1h")
            let one = try await workplace.submit(["c"], to: "mail", "--after=\(ids[0])")[0]
            try await expect(one, "waiting", "it waits for job \(ids[0])", in: workplace)
            let both = try await workplace.submit(["d"], to: "mail", "--after=\(ids[0])", "--after=\(ids[1])")[0]
            try await expect(both, "waiting", "it waits for jobs \(ids[0]), \(ids[1])", in: workplace)
        }
    }

    @Test("says that the pipeline is paused, and what ends that")
    func paused() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            #expect(try await workplace.ctl("pause", "mail").code == 0)
            let id = try await workplace.submit(["a"])[0]
            let reason = "the pipeline is paused; 'kata-ctl resume mail' ends that"
            try await expect(id, "paused", reason, in: workplace)
            let text = try await workplace.ctl("explain", "\(id)")
            #expect((text.code, text.output) == (0, "job \(id), pipeline mail: \(reason)\n"))
        }
    }

    @Test("says which limit holds a job back")
    func limits() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: waits, workers: 2, pipeline: "limits: { concurrency_per_key: 1 }")
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["a", "b"], to: "mail", "--key", "k")
            try await workplace.wait(for: ids[0], toBe: "running")
            let reason = "1 of the at most 1 jobs with the key 'k' are in hand; 1 job is ahead of it or in hand"
            try await expect(ids[1], "limit", reason, in: workplace)
            try workplace.write("", to: "go")
            try await workplace.wait(for: ids[1], toBe: "done")
        }
    }

    @Test("says that the rate holds a job back")
    func rate() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(pipeline: "limits: { rate: 1/h }")
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["a", "b"])
            try await workplace.wait(for: ids[0], toBe: "done")
            let answer = try await explanation(of: ids[1], in: workplace)
            let reason = try #require(answer["reason"] as? String)
            #expect(answer["code"] as? String == "limit")
            #expect(reason.hasPrefix("the pipeline's rate lets the next job begin at 20"), "\(reason)")
            #expect(reason.hasSuffix("Z; 0 jobs are ahead of it or in hand"), "\(reason)")
        }
    }

    @Test("blames the workers where there is a rate and they are busy")
    func busyWithRate() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: waits, workers: 1, pipeline: "limits: { rate: 1000/s }")
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["a", "b"])
            try await workplace.wait(for: ids[0], toBe: "running")
            try await expect(ids[1], "no_worker", "the worker is busy; 1 job is ahead of it or in hand", in: workplace)
            try workplace.write("", to: "go")
        }
    }

    @Test("says that the pipeline drains")
    func draining() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: waits, queue: 1, workers: 1, top: "drain_timeout: 10m")
        try await workplace.withDaemon { daemon in
            let ids = try await workplace.submit((1...5).map { "\($0)" })
            try await workplace.wait(for: ids[0], toBe: "running")
            daemon.kill(SIGTERM)
            try await #require(eventually { try await workplace.status().state == "draining" })
            let reason = "the pipeline is draining; it goes on after the next start"
            try await expect(ids[4], "draining", reason, in: workplace)
            try workplace.write("", to: "go")
            #expect(try await daemon.wait() == 0)
        }
    }

    @Test("says that the pipeline is gone from the configuration")
    func gone() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        let first = try await workplace.startAnsweringDaemon()
        let id = try await workplace.submit(["a"], to: "mail", "--in", "1h")[0]
        try await workplace.crash(first)
        try workplace.writeKata(items: 0)
        try await workplace.withDaemon { _ in
            let answer = try await explanation(of: id, in: workplace)
            #expect(answer["code"] as? String == "no_pipeline")
        }
    }

    @Test("ends in a usage error without a job that is there", arguments: ["7", "x", "-1"])
    func usage(id: String) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let outcome = try await workplace.ctl("explain", id)
            #expect((outcome.code, outcome.output) == (64, ""))
            if id == "7" { #expect(outcome.errors == "kata-ctl: there is no job 7\n") }
        }
    }

    private func expect(_ id: Int, _ code: String, _ reason: String, in workplace: Workplace) async throws {
        let answer = try await explanation(of: id, in: workplace)
        #expect(answer["code"] as? String == code)
        #expect(answer["reason"] as? String == reason)
        #expect(answer["job"] as? Int == id)
        #expect(answer["pipeline"] as? String == "mail")
    }

    private func explanation(of id: Int, in workplace: Workplace) async throws -> [String: Any] {
        let outcome = try await workplace.ctl("explain", "\(id)", "--json")
        try #require(outcome.code == 0, "\(outcome.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }
}
