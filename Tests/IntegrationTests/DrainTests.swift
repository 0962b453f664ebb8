import Foundation
import KataTestSupport
import Testing

/// SIGTERM and SIGINT, as a service manager and a person at the terminal send them.
@Suite("A drain")
struct DrainTests {
    @Test("at random moments loses nothing and does nothing twice", arguments: [1, 12])
    func randomMoments(workers: Int) async throws {
        var generator = SeededGenerator(seed: UInt64(workers))
        for _ in 1...rounds(4) {
            let workplace = try Workplace()
            try workplace.writeKata(items: 60, workers: workers, interval: "2ms", duration: "8ms")
            var isFinished = false
            var sessions = 0
            while !isFinished {
                let daemon = try workplace.startDaemon()
                try await workplace.waitForSocket()
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...200, using: &generator)))
                daemon.kill(Bool.random(using: &generator) ? SIGTERM : SIGINT)
                #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
                #expect(daemon.standardError.contains("drained cut_off=0 finished="))
                #expect(daemon.standardError.contains("went_back=0"))
                isFinished = try await workplace.query("SELECT count(finished_at) FROM runs") == "1\n"
                sessions += 1
                try #require(sessions < 100, "the run does not end")
            }
            #expect(try await Recorded(in: workplace).isComplete(items: 60))
        }
    }

    @Test("finishes what is on the queue and in hand, and says how much that was")
    func finishes() async throws {
        let workplace = try Workplace()
        // The drain has more time than this test waits for anything.
        try workplace.writeKata(
            queue: 3, items: 1_000, workers: 2, interval: "0", top: "drain_timeout: 10m",
            consumer: "{ plugin: exec, shell: true, command: 'until [ -e go ]; do sleep 0.02; done' }")
        let daemon = try workplace.startDaemon("--log-level", "debug")
        try await workplace.waitForSocket()
        try await #require(
            eventually {
                let pipeline = try await workplace.status().pipelines[0]
                return pipeline.queue.depth == 3 && pipeline.counts.running == 2
            })
        daemon.kill(SIGTERM)
        // Nothing is finished, so that there is no room for another item, before the producer knows of the drain.
        try await #require(eventually { try await workplace.status().pipelines[0].state == "draining" })
        try workplace.write("", to: "go")
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")

        let log = daemon.standardError.components(separatedBy: "draining signal=SIGTERM")
        try #require(log.count == 2)
        #expect(log[1].contains("takes_at_most_seconds=600") && log[1].contains("to_stop_at_once="))
        #expect(log[0].components(separatedBy: "consumed consumer=").count - 1 == 2)
        let finished = try #require(log[1].firstMatch(of: /drained cut_off=0 finished=(\d+) .*went_back=0/)?.output.1)
        #expect(finished == "5", "those in hand and those on the queue")
        #expect(daemon.standardError.components(separatedBy: "produced item=").count - 1 == 5)
        #expect(try await Recorded(in: workplace).isComplete(items: 5))
    }

    @Test("hands back what is not finished in time, without costing an attempt")
    func deadline() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(
            queue: 3, items: 6, workers: 2, interval: "0", duration: "1h", top: "drain_timeout: 100ms"
        )
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        try await #require(eventually { try await workplace.status().pipelines[0].queue.depth == 3 })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
        #expect(daemon.standardError.contains("drained cut_off=2 finished=0 pipeline=kata went_back=3"))
        #expect(try await workplace.query("SELECT DISTINCT state, attempt FROM jobs") == "pending | 1\n")

        // With sleeps that end, the next one does all six, and still shows the receipt.
        try workplace.writeKata(queue: 3, items: 6, workers: 2, interval: "0", duration: "1ms")
        let next = try workplace.startDaemon()
        try await workplace.waitForSocket()
        try await #require(eventually { try await workplace.status().pipelines[0].run?.finished == true })
        #expect(try await workplace.status().pipelines[0].drain == Status.Drain(finished: 0, wentBack: 3, cutOff: 2))
        next.kill(SIGTERM)
        #expect(try await next.wait() == 0, "\(next.standardError)")
        #expect(try await Recorded(in: workplace).isComplete(items: 6))
        #expect(try await workplace.query("SELECT DISTINCT attempt FROM results") == "1\n")
    }

    @Test("is cut short by a second signal")
    func secondSignal() async throws {
        let workplace = try Workplace()
        // Neither a handler nor the drain ends by itself within the time of a test, however slow the machine is.
        try workplace.writeKata(
            queue: 3, items: 6, workers: 2, interval: "0", duration: "1h", top: "drain_timeout: 1h")
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        try await #require(eventually { try await workplace.status().pipelines[0].queue.depth == 3 })
        daemon.kill(SIGINT)
        try await #require(eventually { try await workplace.status().state == "draining" })
        #expect(try await workplace.status().pipelines[0].state == "draining")
        daemon.kill(SIGINT)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
        #expect(daemon.standardError.contains("drained cut_off=2 finished=0 pipeline=kata went_back=3"))
    }

    @Test("in the middle of reads and writes ends well, too")
    func underLoad() async throws {
        var generator = SeededGenerator(seed: 3)
        let workplace = try Workplace()
        try workplace.writeKata(items: 3_000_000, interval: "0", duration: "0", pipeline: "export: live.txt")
        for _ in 1...rounds(8) {
            let daemon = try workplace.startDaemon()
            try await #require(eventually { daemon.standardError.contains("listening") })
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...120, using: &generator)))
            daemon.kill(SIGTERM)
            #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
            #expect(daemon.standardError.contains("drained cut_off=0 finished="))
            #expect(!daemon.standardError.contains(" error "), "\(daemon.standardError)")
        }
        let recorded = try await workplace.query("SELECT count(*), count(DISTINCT job_id) FROM result")
        let counts = recorded.trimmingCharacters(in: .newlines).components(separatedBy: " | ")
        #expect(counts[0] == counts[1])
        #expect(try await workplace.query("SELECT done FROM runs") == counts[0] + "\n")
    }

    @Test("of a daemon that has nothing to do ends at once")
    func idle() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        try await #require(eventually { try await workplace.status().pipelines[0].state == "idle" })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
        #expect(!FileManager.default.fileExists(atPath: workplace.socket))
    }
}
