import KataTestSupport
import MetricsTestKit
import Testing

@testable import Kata

@Suite("The metrics of a pipeline")
struct PipelineMetricsTests {
    private let factory = TestMetrics()

    @Test(
        "count an attempt by what became of it",
        arguments: [
            (.done, nil, ["attempts done", "finished done"]),
            (.failed(reason: "no"), .exit, ["attempts failed", "failures exit", "finished failed"]),
            (.failed(reason: "no"), nil, ["attempts failed", "failures plugin", "finished failed"]),
            (.retry(reason: "no", at: start), .timeout, ["attempts failed", "failures timeout"]),
            (.interrupted(reason: "no", at: start), .signal, ["attempts interrupted", "interrupted"]),
            (.cutOff, nil, ["attempts cut_off"]), (.postponed(reason: "no", at: start), nil, []),
            (.failed(reason: "no"), .quarantined, ["failures quarantined", "finished failed", "quarantined"]),
        ] as [(Completion.Outcome, FailureKind?, [String])])
    func outcomes(outcome: Completion.Outcome, kind: FailureKind?, counted: [String]) throws {
        metrics.recorded(completion(outcome, kind))
        #expect(try self.counted() == counted)
    }

    @Test("count what comes in, what is cancelled and what a broken session left")
    func others() throws {
        metrics.added(3, at: start)
        metrics.added(0, at: start)
        metrics.foundDuplicates(2)
        metrics.foundDuplicates(0)
        metrics.cancelled()
        metrics.attemptCancelled()
        metrics.brokeOff(2)
        metrics.brokeOff(0)
        #expect(
            try counted() == [
                "attempts cancelled", "deduplicated", "deduplicated", "finished cancelled", "interrupted",
                "interrupted",
                "submitted", "submitted", "submitted",
            ])
    }

    @Test("time attempts that came to their end, and how long they waited")
    func times() throws {
        metrics.recorded(completion(.done, nil))
        metrics.recorded(completion(.cutOff, nil))
        metrics.recorded(completion(.failed(reason: "no"), .quarantined))
        metrics.recorded(completion(.done, nil, readyAt: nil))
        // The clock was set back meanwhile.
        metrics.recorded(completion(.done, nil, readyAt: start.advanced(by: .seconds(60))))
        let durations = try factory.expectTimer("kata_attempt_duration_seconds", [("pipeline", "mail")]).values
        #expect(durations == [250_000_000, 250_000_000, 250_000_000])
        let waits = try factory.expectTimer("kata_job_wait_seconds", [("pipeline", "mail")]).values
        #expect(waits == [2_000_000_000, 2_000_000_000, 2_000_000_000, 0])
    }

    private var metrics: PipelineMetrics { PipelineMetrics(pipeline: "mail", factory: factory) }

    private func completion(
        _ outcome: Completion.Outcome, _ kind: FailureKind?, readyAt: Timestamp? = start.advanced(by: .seconds(-2))
    ) -> Completion {
        var job = Job(id: 7, runID: 1, item: "x")
        job.readyAt = readyAt
        var completion = Completion(
            job: job, consumerID: "c1", outcome: outcome, startedAt: start,
            finishedAt: start.advanced(by: .milliseconds(250)))
        completion.failureKind = kind
        return completion
    }

    /// What was counted, each once for each time.
    private func counted() throws -> [String] {
        let labels: [(String, String, [String])] = [
            ("attempts", "kata_attempts_total", ["done", "failed", "interrupted", "cut_off", "cancelled"]),
            ("failures", "kata_attempts_failed_total", FailureKind.allCases.map(\.rawValue)),
            ("finished", "kata_jobs_finished_total", ["done", "failed", "cancelled"]),
            ("submitted", "kata_jobs_submitted_total", []), ("deduplicated", "kata_jobs_deduplicated_total", []),
            ("interrupted", "kata_jobs_interrupted_total", []), ("quarantined", "kata_jobs_quarantined_total", []),
        ]
        var counted: [String] = []
        for (word, label, values) in labels {
            let dimension = word == "failures" ? "reason" : "outcome"
            for value in values.isEmpty ? [nil] : values.map(Optional.some) {
                let dimensions = [("pipeline", "mail")] + (value.map { [(dimension, $0)] } ?? [])
                let total = try factory.expectCounter(label, dimensions).totalValue
                counted += Array(repeating: [word, value].compactMap { $0 }.joined(separator: " "), count: Int(total))
            }
        }
        return counted.sorted()
    }
}

private let start = Timestamp(milliseconds: 1_000_000)
