import KataTestSupport
import Testing

@testable import Kata

@Suite("A failure policy")
struct FailurePolicyTests {
    private let policy = FailurePolicy(
        retry: RetryPolicy(attempts: 3, backoff: .seconds(10), max: .seconds(600)), interruptions: 3)

    @Test("tries a job again at the time that its retry policy says", arguments: [1, 2])
    func byPolicy(attempt: Int) throws {
        var generators = [SeededGenerator(seed: 5), SeededGenerator(seed: 5)]
        let outcome = outcome(attempt, JobFailure("no"), using: &generators[0])
        let delay = try #require(policy.retry?.delay(after: attempt, using: &generators[1]))
        #expect(outcome == .retry(reason: "no", at: .sample(after: delay)))
    }

    @Test("has a job failed for good after its last attempt", arguments: [JobFailure.Retry.byPolicy, .never])
    func lastAttempt(retry: JobFailure.Retry) {
        var generator = SeededGenerator(seed: 5)
        #expect(outcome(3, JobFailure("no", retry: retry), using: &generator) == .failed(reason: "no"))
    }

    @Test("has a job failed for good whose handler says that trying again is of no use")
    func never() {
        var generator = SeededGenerator(seed: 5)
        #expect(outcome(1, JobFailure("no", retry: .never), using: &generator) == .failed(reason: "no"))
    }

    @Test("puts a job off whose handler can do none, whichever attempt it was", arguments: [1, 3, 9])
    func unavailable(attempt: Int) {
        var generator = SeededGenerator(seed: 5)
        let failure = JobFailure("no database", retry: .unavailable)
        #expect(outcome(attempt, failure, using: &generator) == .postponed(reason: "no database", at: .sampleStart))
    }

    @Test("waits as long as the handler says, if there is an attempt left")
    func after() {
        var generator = SeededGenerator(seed: 5)
        let failure = JobFailure("busy", retry: .after(.seconds(3_600)))
        #expect(
            outcome(2, failure, using: &generator) == .retry(reason: "busy", at: .sample(after: .seconds(3_600))))
        #expect(outcome(3, failure, using: &generator) == .failed(reason: "busy"))
    }

    @Test("goes by the job's own number of attempts")
    func ownAttempts() {
        var generator = SeededGenerator(seed: 5)
        let failure = JobFailure("no", retry: .after(.zero))
        #expect(outcome(1, of: 1, failure, using: &generator) == .failed(reason: "no"))
        #expect(outcome(9, of: 10, failure, using: &generator) == .retry(reason: "no", at: .sampleStart))
    }

    @Test("sets a job aside that was interrupted too often")
    func quarantine() throws {
        for interruptions in 0...2 { #expect(policy.quarantineReason(of: job(interruptions)) == nil) }
        for interruptions in [3, 4, 1_000] {
            let reason = try #require(policy.quarantineReason(of: job(interruptions)))
            #expect(reason.hasPrefix("quarantined: it was interrupted \(interruptions) times"))
        }
    }

    @Test("lets a job come back that was cut off through no fault of its own")
    func interrupted() throws {
        let failure = JobFailure("was killed", retry: .interrupted)
        for policy in [policy, FailurePolicy()] {
            for interruptions in 0...2 {
                var generators = [SeededGenerator(seed: 5), SeededGenerator(seed: 5)]
                let job = Job(id: 1, runID: 1, item: "x", attempt: 3, interruptions: interruptions)
                let outcome = policy.outcome(of: job, failedWith: failure, at: .sampleStart, using: &generators[0])
                let delay = RetryPolicy(attempts: .max).delay(after: interruptions + 1, using: &generators[1])
                #expect(outcome == .interrupted(reason: "was killed", at: .sample(after: try #require(delay))))
            }
        }
    }

    private func outcome(
        _ attempt: Int, of maxAttempts: Int? = nil, _ failure: JobFailure, using generator: inout SeededGenerator
    ) -> Completion.Outcome {
        let job = Job(id: 1, runID: 1, item: "x", attempt: attempt, maxAttempts: maxAttempts)
        return policy.outcome(of: job, failedWith: failure, at: .sampleStart, using: &generator)
    }

    private func job(_ interruptions: Int) -> Job {
        Job(id: 1, runID: 1, item: "x", interruptions: interruptions)
    }
}
