import Foundation
import KataTestSupport
import Testing

@Suite("kata-ctl cancel", .timeLimit(.minutes(10)))
struct CancelTests {
    @Test("takes a pending and a scheduled job out, so that they are never begun")
    func notBegun() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: "echo $KATA_ITEM >> ran", workers: 1)
        try await workplace.withDaemon { _ in
            #expect(try await workplace.ctl("pause", "mail").code == 0)
            let pending = try await workplace.submit(["pending", "other"])
            let scheduled = try await workplace.submit(["scheduled"], "--in", "1h")
            for id in [pending[0], scheduled[0]] {
                let outcome = try await workplace.ctl("cancel", "\(id)")
                #expect((outcome.code, outcome.output, outcome.errors) == (0, "job \(id): cancelled\n", ""))
            }
            #expect(try await workplace.ctl("resume", "mail").code == 0)
            try await workplace.wait(for: pending[1], toBe: "done")
            #expect(try workplace.read("ran") == "other\n")
            #expect(try await workplace.job(scheduled[0]).state == "cancelled")
        }
    }

    @Test("leaves a unique job its key until its process has ended")
    func uniqueInHand() async throws {
        let workplace = try Workplace()
        // It ends when it wants to.
        let script = "trap \"\" TERM; echo $KATA_ITEM >> ran; until [ -e end ]; do sleep 0.02; done"
        try workplace.writeInbox(
            consumer: "{ plugin: exec, shell: true, kill_after: 5m, command: '\(script)' }")
        try await workplace.withDaemon { _ in
            let first = try await workplace.submit(["first"], to: "mail", "--unique", "report")[0]
            let ran = { (try? workplace.read("ran")) ?? "" }
            try await #require(eventually { ran() == "first\n" })
            #expect(try await workplace.ctl("cancel", "\(first)").code == 0)
            #expect(try await workplace.job(first).state == "cancelled")
            #expect(try await workplace.submit(["second"], to: "mail", "--unique", "report") == [first])
            try workplace.write("", to: "end")
            // Once the process has ended, the key is free.
            var third = first
            try await #require(
                eventually {
                    third = try await workplace.submit(["third"], to: "mail", "--unique", "report")[0]
                    return third != first
                })
            try await workplace.wait(for: third, toBe: "done")
            #expect(ran() == "first\nthird\n")
        }
    }

    @Test("takes a job off the queue, and the next one has its turn")
    func queued() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            script: "echo $KATA_ITEM >> ran; until [ -e go ]; do sleep 0.02; done", workers: 1)
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["1", "2", "3"])
            try await #require(eventually { try await workplace.status().pipelines[0].queue.depth == 2 })
            #expect(try await workplace.ctl("cancel", "\(ids[1])").code == 0)
            try workplace.write("", to: "go")
            try await workplace.wait(for: ids[2], toBe: "done")
            #expect(try await workplace.job(ids[1]).state == "cancelled")
            #expect(try workplace.read("ran") == "1\n3\n")
        }
    }

    @Test("ends the process of a running job, and its consumer goes on")
    func running() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            script: "test $KATA_ITEM = short && exit; echo $$ > new; mv new pid; exec sleep 1000", workers: 1)
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["long"])[0]
            try await #require(eventually { FileManager.default.fileExists(atPath: workplace.path("pid")) })
            let process = try #require(pid_t(workplace.read("pid").trimmingCharacters(in: .newlines)))
            #expect(kill(process, 0) == 0)
            #expect(try await workplace.ctl("cancel", "\(id)").code == 0)
            try await #expect(eventually { kill(process, 0) == -1 })
            try await workplace.wait(for: id, toBe: "cancelled")
            let next = try await workplace.submit(["short"])[0]
            try await workplace.wait(for: next, toBe: "done")
            #expect(try await workplace.query("SELECT item FROM results") == "short\n")
        }
    }

    @Test("stays across a restart")
    func restart() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: "echo $KATA_ITEM >> ran; exec sleep 1000", workers: 1)
        let first = try await workplace.startAnsweringDaemon()
        let id = try await workplace.submit(["a"])[0]
        try await workplace.wait(for: id, toBe: "running")
        #expect(try await workplace.ctl("cancel", "\(id)").code == 0)
        try await workplace.crash(first)
        try workplace.writeInbox(workers: 1)
        try await workplace.withDaemon { _ in
            let next = try await workplace.submit(["b"])[0]
            try await workplace.wait(for: next, toBe: "done")
            #expect(try await workplace.job(id).state == "cancelled")
        }
    }

    @Test("takes several ids, and one that is refused does not keep the others from it")
    func several() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let done = try await workplace.submit(["done"])[0]
            try await workplace.wait(for: done, toBe: "done")
            let ids = try await workplace.submit(["a", "b"], "--in", "1h")
            let outcome = try await workplace.ctl("cancel", "\(ids[0])", "\(done)", "999", "\(ids[1])")
            #expect(outcome.code != 0)
            #expect(outcome.output == "job \(ids[0]): cancelled\njob \(ids[1]): cancelled\n")
            #expect(
                outcome.errors
                    == "kata-ctl: job \(done) is done, so there is nothing to cancel\nkata-ctl: there is no job 999\n")
        }
    }

    @Test("--all cancels every job of a pipeline that is not finished, the running ones, too")
    func all() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: "exec sleep 1000", queue: 2, workers: 2)
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit((1...8).map(String.init))
            try await workplace.submit(["later"], "--in", "1h")
            try await workplace.wait(for: ids[1], toBe: "running")
            let outcome = try await workplace.ctl("cancel", "--all", "mail")
            #expect((outcome.code, outcome.output) == (0, "pipeline mail: 9 jobs cancelled\n"))
            try await #expect(
                eventually {
                    let counts = try await workplace.status().pipelines[0].counts
                    return counts.pending + counts.queued + counts.running == 0
                })
            #expect(try await workplace.count("jobs WHERE state = 'cancelled'") == 9)
        }
    }
}
