import Foundation
import KataTestSupport
import Testing

@Suite("kata-ctl wait", .timeLimit(.minutes(10)))
struct WaitTests {
    /// A job ends as soon as there is a file of its name, which has its exit code.
    private let script = "until test -s $KATA_ITEM; do sleep 0.02; done; exit $(cat $KATA_ITEM)"

    @Test("ends when the jobs end, with 0, or with the first failure's own exit code", arguments: [0, 3])
    func ends(code: Int) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: script)
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["a", "b"])
            async let outcome = workplace.ctl("wait", "\(ids[0])-\(ids[1])")
            try workplace.write("\(code)", to: "b")
            try await workplace.wait(for: ids[1], toBe: code == 0 ? "done" : "failed")
            try workplace.write("0", to: "a")
            let ended = try await outcome
            #expect(ended.code == Int32(code) && ended.errors == "")
            let last = code == 0 ? "job \(ids[1]): done" : "job \(ids[1]): failed: exited with 3"
            #expect(ended.output == "job \(ids[0]): done\n\(last)\n")
            let codes = try await workplace.job(ids[1]).attempts?.map(\.exitCode)
            #expect(codes == [code == 0 ? nil : 3])
            let view = try await workplace.query("SELECT exit_code FROM attempts WHERE job_id = \(ids[1])")
            #expect(view == (code == 0 ? "\n" : "3\n"))
        }
    }

    @Test("ends with 75 for a job that is cancelled, with 124 when its time is over, and with 70 without an exit code")
    func others() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: script, workers: 3)
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["a", "b"])
            let late = try await workplace.ctl("wait", "\(ids[0])", "--timeout", "100ms")
            #expect(late.code == 124 && late.output == "")
            #expect(late.errors == "kata-ctl: job \(ids[0]) is not finished after 100ms\n")
            async let outcome = workplace.ctl("wait", "\(ids[0])", "--json")
            _ = try await workplace.ctl("cancel", "\(ids[0])")
            let cancelled = try await outcome
            #expect(cancelled.code == 75 && cancelled.output.contains("\"exit_code\" : 75"))
            let timed = try await workplace.submit(["c"], to: "mail", "--timeout", "50ms", "--max-attempts", "1")
            try await #expect(workplace.ctl("wait", "\(timed[0])").code == 70)
            try await #expect(workplace.ctl("wait", "99").code == 64)
            try await #expect(workplace.ctl("wait", "\(ids[1])", "--timeout", "x").code == 64)
            try workplace.write("0", to: "b")
            try await #expect(workplace.ctl("wait", "\(ids[1])").code == 0)
        }
    }

    @Test("survives a restart of the daemon")
    func restart() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: script)
        let first = try await workplace.startAnsweringDaemon()
        let waiting = try ChildProcess(
            Binaries.kataControl, ["submit", "mail", "a", "--wait", "--socket", workplace.socket],
            in: workplace.directory)
        // From here on it knows that the daemon is there.
        try await #require(eventually { waiting.standardOutput == "1\n" || waiting.hasEnded })
        try await workplace.wait(for: 1, toBe: "running")
        try await workplace.crash(first)
        try await #require(eventually { waiting.standardError.contains("waiting for it") || waiting.hasEnded })
        try await workplace.withDaemon { _ in
            try workplace.write("7", to: "a")
            #expect(try await waiting.wait() == 7, "\(waiting.standardError)")
        }
    }

    @Test("without a daemon says so at once")
    func noDaemon() async throws {
        let workplace = try Workplace()
        try await #expect(workplace.ctl("wait", "1").code == 69)
    }

    @Test("over HTTP answers with the job when it is finished, when the time is over, or when the daemon ends")
    func http() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: script, top: "drain_timeout: 1s")
        let daemon = try await workplace.startAnsweringDaemon()
        let ids = try await workplace.submit(["a", "b"])
        try await workplace.wait(for: ids[0], toBe: "running")
        let early = try await workplace.request("GET", "/v1/jobs/\(ids[0])?wait=50ms")
        #expect(early.status == 200 && early.body.contains("\"running\""))
        async let finished = workplace.request("GET", "/v1/jobs/\(ids[0])?wait=1h")
        try workplace.write("4", to: "a")
        let answer = try await finished
        #expect(answer.status == 200 && answer.body.contains("\"exit_code\":4"), "\(answer.body)")
        for wait in ["2h", "x", "-1s"] {
            try await #expect(workplace.request("GET", "/v1/jobs/\(ids[0])?wait=\(wait)").status == 400)
        }
        try await #expect(workplace.request("GET", "/v1/jobs/99?wait=1h").status == 404)
        async let left = workplace.request("GET", "/v1/jobs/\(ids[1])?wait=1h")
        try await workplace.wait(for: ids[1], toBe: "running")
        daemon.kill(SIGTERM)
        let last = try await left
        #expect(last.status == 200 && !last.body.contains("\"done\""), "\(last.body)")
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
    }

    @Test("is part of submit, with --wait and --follow")
    func submit() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: "echo did $KATA_ITEM; test $KATA_ITEM = good || exit 9")
        try await workplace.withDaemon { _ in
            let good = try await workplace.ctl("submit", "mail", "good", "--wait")
            #expect(good.code == 0 && good.output == "1\njob 1: done\n")
            let bad = try await workplace.ctl("submit", "mail", "bad", "--wait", "--json")
            #expect(bad.code == 9 && bad.output.contains("\"exit_code\" : 9") && bad.output.contains("\"ids\""))
            let followed = try await workplace.ctl("submit", "mail", "good", "--follow")
            #expect(followed.code == 0 && followed.output == "3\ndid good\n" && followed.errors == "job 3: done\n")
            try await #expect(workplace.ctl("submit", "mail", "good", "--wait-timeout", "1s").code == 64)
        }
    }
    @Test("with --follow prints what the job prints while it runs, and no longer than --wait-timeout says")
    func following() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            script: "echo began $KATA_ITEM; while [ ! -e $KATA_ITEM ]; do sleep 0.1; done; echo ends")
        try await workplace.withDaemon { _ in
            let follower = try ChildProcess(
                Binaries.kataControl, ["submit", "mail", "go", "--follow", "--socket", workplace.socket],
                in: workplace.directory)
            try await #expect(eventually { follower.standardOutput == "1\nbegan go\n" })
            try workplace.write("", to: "go")
            #expect(try await follower.wait() == 0)
            #expect(follower.standardOutput == "1\nbegan go\nends\n" && follower.standardError == "job 1: done\n")
            let timedOut = try await workplace.ctl("submit", "mail", "late", "--follow", "--wait-timeout", "1s")
            #expect(timedOut.code == 124 && timedOut.output.hasPrefix("2\n"), "\(timedOut)")
            try workplace.write("", to: "late")
            try await workplace.wait(for: 2, toBe: "done")
        }
    }
}
