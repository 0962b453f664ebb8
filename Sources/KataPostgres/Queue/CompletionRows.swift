import Kata

/// Completions as the arrays that the statements take.
struct CompletionRows {
    private let completions: [Completion]

    init(_ completions: [Completion]) {
        self.completions = completions
    }

    var values: [PostgresValue] {
        var values: [PostgresValue] = [
            .integers(completions.map(\.job.id)), .integers(completions.map(\.job.runID)),
            .integers(completions.map { Int64($0.job.attempt) }), .texts(completions.map(\.consumerID)),
            .integers(completions.map(\.startedAt.milliseconds)), .integers(completions.map(\.finishedAt.milliseconds)),
            .texts(completions.map(\.output)),
        ]
        if completions.allSatisfy({ $0.outcome == .done }) { return values }
        let outcomes = completions.map { Columns(of: $0.outcome) }
        values += [
            .integers(completions.map(\.outcome.state.code)), .texts(outcomes.map(\.error)),
            .integers(outcomes.map { $0.runAt?.milliseconds }), .integers(outcomes.map(\.moreAttempts)),
            .integers(outcomes.map(\.moreInterruptions)), .integers(completions.map { $0.exitCode.map(Int64.init) }),
        ]
        return values
    }

    /// What an outcome changes of a job, besides its state.
    private struct Columns {
        var error: String?
        var runAt: Timestamp?
        var moreAttempts: Int64 = 0
        var moreInterruptions: Int64 = 0

        init(of outcome: Completion.Outcome) {
            switch outcome {
            case .done, .cutOff: break
            case .failed(let reason): error = reason
            case .retry(let reason, let time): (error, runAt, moreAttempts) = (reason, time, 1)
            case .interrupted(let reason, let time): (error, runAt, moreInterruptions) = (reason, time, 1)
            case .postponed(let reason, let time): (error, runAt) = (reason, time)
            }
        }
    }
}
