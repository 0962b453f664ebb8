import Foundation
import KataTestSupport
import Testing

/// What docs/kata.md shows.
@Suite("The lesson", .timeLimit(.minutes(10)))
struct LessonTests {
    private func writeKata(_ workplace: Workplace, items: Int = 6, finish: Bool = true) throws {
        try workplace.write(
            """
            socket: kata.sock
            pipelines:
              kata:
                queue_size: 50
                item_count: \(items)
                worker_count: 2
                producer: { plugin: range, interval: 1ms, finish: \(finish) }
                consumer: { plugin: sleep, duration: 5ms }
            """, to: "kata.yaml")
    }

    @Test("is that a run whose producer does not say that it has finished never ends, and what it waits for")
    func finish() async throws {
        let workplace = try Workplace()
        try writeKata(workplace, finish: false)
        let daemon = try workplace.startDaemon("--once")
        try await #require(
            eventually {
                try await workplace.control("explain", "--socket", "kata.sock").output.contains("empty queue")
            })
        let explanation = try await workplace.control("explain", "kata", "--socket", "kata.sock")
        #expect(
            explanation.output
                == "pipeline kata: its consumers wait at the empty queue; the producer has no more than its 6 items and does not say so (finish: false), so that the run has no end; 'kata-ctl abandon' ends it\n"
        )
        let status = try await workplace.control("status", "--socket", "kata.sock")
        #expect(status.output.contains("6 of 6") && status.output.contains("finish: false"), "\(status.output)")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        #expect(try await workplace.count("results") == 6)

        // Told that there are no more, it ends.
        try writeKata(workplace)
        let outcome = try await workplace.runDaemon("--once")
        #expect(outcome.code == 0 && outcome.output.contains("run 1: finished"), "\(outcome)")
        #expect(try await workplace.count("results") == 6)
    }

    @Test("begins with a guess, which the end compares with theory and measurement")
    func guess() async throws {
        let workplace = try Workplace()
        try writeKata(workplace)
        let outcome = try await workplace.runDaemon("--once", "--guess", "2s")
        let last = outcome.output.split(separator: "\n").last ?? ""
        let measured = try #require(
            last.wholeMatch(of: #/your guess 2\.000 s / theory 0\.016 s / measured (\d+\.\d+) s/#))
        #expect(Double(measured.1) ?? 0 >= 0.016)
        for (arguments, message) in [
            (["--guess", "2s"], "--guess is for --once"),
            (["--once", "--guess", "soon"], "--guess is 'soon', expected a duration"),
        ] {
            let refused = try await workplace.run(Binaries.katad, ["--config", "kata.yaml"] + arguments)
            #expect(refused.code == 64 && refused.errors.contains(message), "\(refused)")
        }
    }

    @Test("shows the arithmetic of an estimate")
    func arithmetic() async throws {
        let workplace = try Workplace()
        try workplace.writeKata()
        let outcome = try await workplace.control("estimate", "--config", "kata.yaml", "--workers", "3", "--explain")
        for line in [
            "99 × 0.01 s = 0.99 s", "0 × 0.01 s + 33 × 0.1 s = 3.3 s", "max(0.99 s, 3.3 s) + 0.1 s = 3.4 s",
            "10 workers: while one takes 0.1 s for an item, 0.1 s / 0.01 s = 10 are put",
        ] {
            #expect(outcome.output.contains(line), "\(outcome.output)")
        }
    }

    @Test("has pictures: who took what when, and time against workers, from the daemon and from the database")
    func charts() async throws {
        let workplace = try Workplace()
        try writeKata(workplace)
        let daemon = try await workplace.answering(workplace.startDaemon())
        try await #require(eventually { try await workplace.count("results") == 6 })
        let asked = try await workplace.control("run-chart", "--socket", "kata.sock")
        #expect(asked.code == 0 && asked.output.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""), "\(asked)")
        #expect(
            asked.output.contains("predicted 0.02 s")
                && asked.output.matches(of: #/<title>item \d, c[12], /#).count == 6)
        let again = try await workplace.control("run", "--socket", "kata.sock")
        #expect(again.code == 0)
        try await #require(eventually { try await workplace.count("results") == 12 })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)

        let read = try await workplace.control(
            "run-chart", "--database", "kata.db", "--config", "kata.yaml", "--run", "1", "--output", "run.svg")
        #expect(read.code == 0 && read.output == "the picture is in run.svg\n", "\(read)")
        #expect(try workplace.read("run.svg").contains("predicted 0.02 s"))
        let workers = try await workplace.control("run-chart", "--workers", "--database", "kata.db")
        #expect(workers.output.matches(of: #/<title>[12] workers?, \d+\.\d+ s</title>/#).count == 2, "\(workers)")

        for (arguments, message) in [
            (["--database", "kata.db", "--pipeline", "other"], "there is no run of a pipeline 'other'"),
            (["--database", "kata.db", "--output", "kata.db"], "'kata.db' is a database, or belongs to one"),
            (["--database", "kata.db", "--run", "all"], "--run is one run here"),
            (["--database", "kata.db", "--run", "1", "--workers"], "--run is one run, and --workers"),
            (["--database", "kata.db", "--config", "none.yaml"], "none.yaml"),
        ] {
            let refused = try await workplace.run(Binaries.kataControl, ["run-chart"] + arguments)
            #expect(refused.code != 0 && refused.errors.contains(message), "\(refused)")
        }
    }

    @Test("has pictures of runs whose results come in many pieces")
    func manyResults() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 3_000, workers: 8, interval: "0s", duration: "0s", top: "socket: kata.sock")
        let daemon = try await workplace.answering(workplace.startDaemon())
        try await #require(eventually { try await workplace.count("results") == 3_000 })
        let asked = try await workplace.control("run-chart", "--socket", "kata.sock")
        #expect(
            asked.code == 0 && asked.output.matches(of: #/<title>item \d+, c\d, /#).count == 3_000, "\(asked.errors)")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }
}
