import Foundation
import KataTestSupport
import Testing

@Suite("Metrics after a crash", .timeLimit(.minutes(60)))
struct MetricsCrashTests {
    @Test("tell what the database tells, however often the daemon is killed")
    func agree() async throws {
        var generator = SeededGenerator(seed: 34)
        let workplace = try Workplace()
        // One in five fails for good, one in five at its first attempt.
        try workplace.writeInbox(
            script: "n=$KATA_ITEM; case $((n % 5)) in 0) exit 65;; 1) test $KATA_ATTEMPT -gt 1 || exit 75;; esac",
            workers: 4, pipeline: "interruptions: 1000\n    retry: { attempts: 3, backoff: 20ms, max: 50ms }")
        var item = 0
        for _ in 1...rounds(4) {
            let before = try await counts(workplace)
            let daemon = try await workplace.startAnsweringDaemon()
            for _ in 1...5 {
                item += 1
                #expect(try await workplace.post("{\"item\":\(item)}").status == 201)
            }
            try await #require(
                eventually { try await workplace.count("jobs WHERE state IN ('pending', 'scheduled')") == 0 })
            let now = try await counts(workplace)
            // What is recorded is counted at once, but not before.
            try await #require(
                eventually {
                    try await workplace.metrics()["kata_jobs_finished_total{outcome=\"done\"}"]
                        == Double(now.done - before.done)
                })
            let metrics = try await workplace.metrics()
            let expected: [String: Int] = [
                "kata_jobs{state=\"done\"}": now.done, "kata_jobs{state=\"failed\"}": now.failed,
                "kata_jobs{state=\"pending\"}": 0, "kata_jobs{state=\"running\"}": 0, "kata_jobs{state=\"queued\"}": 0,
                "kata_jobs{state=\"scheduled\"}": 0, "kata_queue_depth": 0,
                // These began anew with the daemon.
                "kata_jobs_submitted_total{pipeline=\"mail\"}": 5,
                "kata_jobs_finished_total{outcome=\"failed\"}": now.failed - before.failed,
                "kata_attempts_total{outcome=\"done\"}": now.done - before.done,
                "kata_attempts_total{outcome=\"failed\"}": now.attempts - before.attempts,
                "kata_attempts_failed_total{reason=\"exit\"}": now.attempts - before.attempts,
                "kata_attempt_duration_seconds_count": now.done - before.done + now.attempts - before.attempts,
            ]
            for (series, value) in expected { #expect(metrics[series] == Double(value), "\(series)") }
            let last = try await workplace.query("SELECT max(strftime('%s', finished_at)) FROM results")
            #expect(metrics["kata_last_success_timestamp_seconds"].map { "\(Int($0))\n" } == last)
            // The next ones are under way when it is killed.
            for _ in 1...10 {
                item += 1
                #expect(try await workplace.post("{\"item\":\(item)}").status == 201)
            }
            // Not a wait for anything: it is to be killed at any moment of its work.
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...40, using: &generator)))
            try await workplace.crash(daemon)
        }
    }

    private struct Counts {
        let done: Int
        let failed: Int
        let attempts: Int
    }

    /// As they stand in the database; none before the first start.
    private func counts(_ workplace: Workplace) async throws -> Counts {
        guard FileManager.default.fileExists(atPath: workplace.database) else {
            return Counts(done: 0, failed: 0, attempts: 0)
        }
        return try await Counts(
            done: workplace.count("jobs WHERE state = 'done'"), failed: workplace.count("jobs WHERE state = 'failed'"),
            attempts: workplace.count("attempt WHERE error IS NOT NULL"))
    }
}
