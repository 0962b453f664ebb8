import Foundation
import KataTestSupport
import Testing

@Suite("A pause", .timeLimit(.minutes(10)))
struct PauseTests {
    @Test("begins no job, survives a restart of any kind, and ends with resume", arguments: [SIGTERM, SIGKILL])
    func restart(signal: Int32) async throws {
        let workplace = try Workplace()
        // The jobs are still there when the answer to `resume` is made.
        let script = "touch began; until [ -e go ]; do sleep 0.02; done; echo $KATA_ITEM >> ran"
        try workplace.writeInbox(script: script, workers: 1)
        let first = try await workplace.startAnsweringDaemon()
        let paused = try await workplace.ctl("pause", "mail")
        #expect((paused.code, paused.output, paused.errors) == (0, "pipeline mail: paused\n", ""))
        let ids = try await workplace.submit(["1", "2", "3"])
        first.kill(signal)
        #expect(try await first.wait() == (signal == SIGTERM ? 0 : -signal))

        try await workplace.withDaemon { _ in
            let pipeline = try await workplace.status().pipelines[0]
            #expect(pipeline.state == "paused")
            #expect(pipeline.counts.pending + pipeline.counts.queued == 3)
            #expect(pipeline.counts.running == 0)
            #expect(!FileManager.default.fileExists(atPath: workplace.path("began")))
            let resumed = try await workplace.ctl("resume", "mail")
            #expect((resumed.code, resumed.output, resumed.errors) == (0, "pipeline mail: running\n", ""))
            try workplace.write("", to: "go")
            try await workplace.wait(for: ids[2], toBe: "done")
            #expect(try workplace.read("ran") == "1\n2\n3\n")
        }
    }

    @Test("is not shared by other pipelines")
    func others() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            others: """
                  post:
                    queue_size: 5
                    worker_count: 1
                    producer: { plugin: inbox }
                    consumer: { plugin: sleep, duration: 0 }
                """)
        try await workplace.withDaemon { _ in
            #expect(try await workplace.ctl("pause", "mail").code == 0)
            let waiting = try await workplace.submit(["a"])
            for _ in 1...10 {
                let other = try await workplace.submit(["b"], to: "post")
                try await workplace.wait(for: other[0], toBe: "done")
            }
            #expect(try await workplace.job(waiting[0]).state == "pending")
        }
    }

    @Test("lets a job in hand finish, and holds back what is on the queue")
    func inHand() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: "until [ -e go ]; do sleep 0.02; done", workers: 1)
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["1", "2"])
            try await workplace.wait(for: ids[0], toBe: "running")
            #expect(try await workplace.ctl("pause", "mail").code == 0)
            try workplace.write("", to: "go")
            try await workplace.wait(for: ids[0], toBe: "done")
            #expect(try await workplace.job(ids[1]).state == "pending")
            #expect(try await workplace.ctl("resume", "mail").code == 0)
            try await workplace.wait(for: ids[1], toBe: "done")
        }
    }

    @Test("of a paused pipeline and a resumption of a running one change nothing")
    func twice() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            for _ in 1...2 {
                let outcome = try await workplace.ctl("pause", "mail")
                #expect(outcome.output == "pipeline mail: paused\n")
            }
            for _ in 1...2 {
                let outcome = try await workplace.ctl("resume", "mail")
                #expect(outcome.output == "pipeline mail: idle\n")
            }
        }
    }

    @Test("names the nearest pipeline when one is not there", arguments: ["pause", "resume"])
    func unknownPipeline(command: String) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let outcome = try await workplace.ctl(command, "mial")
            #expect((outcome.code, outcome.output) == (64, ""))
            #expect(outcome.errors == "kata-ctl: there is no pipeline 'mial'; did you mean 'mail'?\n")
        }
    }
}
