import Kata
import KataTestSupport

/// Something that is asked of a store, within a transaction.
enum StoreRequest {
    case startRun(pipeline: String, items: Int?)
    case reopen(Run.ID)
    case begin(Run.ID)
    case end(Run.ID)
    case add(Int, Run.ID, SourceProgress)
    case submit([NewJob], Run.ID, uniqueFor: Duration, Timestamp)
    case mark([Job.ID])
    case complete(Job.ID, attempt: Int, Completion.Outcome, Timestamp)
    case promote(Run.ID, Timestamp, limit: Int)
    case cancel(Job.ID, Timestamp)
    case retry(Job.ID, Timestamp)
    case retryAfter(Job.ID, Set<Job.ID>, Timestamp)
    case pause(Bool, pipeline: String)
    case start(pipeline: String, key: String?, Timestamp)
    case starts(pipeline: String, since: Timestamp)
    case drawBack(Run.ID, Timestamp)
    case entry(ScheduleMark, Run.ID, Timestamp)
    case pauseEntry(Bool, entry: String, pipeline: String)
    case noteFailure(Job.ID, scope: String, pipeline: String, Timestamp)
    case takeFailure(scope: String, pipeline: String)

    static let pipelines = ["a", "b"]

    /// What a store says to it, as text: an answer or a refusal.
    func answer(_ transaction: any StoreTransaction) throws -> String {
        do {
            return try transaction.attempt { try "\(perform(transaction))" }
        } catch let refusal as StoreError {
            return "\(refusal)"
        }
    }

    /// A request for one of a few runs and jobs, so that most of them are there.
    ///
    /// - Parameter step: how far time has gone.
    static func random(at step: Int, using generator: inout SeededGenerator) -> StoreRequest {
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
        let time = Timestamp.sample(after: .seconds(step))
        let soon = Timestamp.sample(after: .seconds(step + number(-3...20)))
        let run = Run.ID(number(1...4))
        let job = Job.ID(number(1...min(60, 5 + step / 3)))
        let pipeline = pipelines[number(0...1)]
        switch number(0...99) {
        case 0..<8: return .startRun(pipeline: pipeline, items: number(0...1) == 0 ? nil : number(0...9))
        case 8..<12: return .reopen(run)
        case 12..<17: return .begin(run)
        case 17..<25: return .end(run)
        case 25..<31:
            let progress = [SourceProgress.start, .at(cursor: "\(step)"), .exhausted, .exhausted][number(0...3)]
            return .add(number(0...3), run, progress)
        case 31..<45:
            let jobs = (0..<number(0...3)).map { index in
                NewJob(
                    item: "\(step).\(index)", priority: number(-2...2), runAt: number(0...2) == 0 ? soon : nil,
                    uniqueKey: number(0...1) == 0 ? "k\(number(0...3))" : nil,
                    key: number(0...3) == 0 ? "key" : nil,
                    after: number(0...2) == 0 ? JobIDs((0...number(0...2)).map { _ in Job.ID(number(1...12)) }) : [],
                    when: number(0...1) == 0 ? .finished : .done)
            }
            return .submit(jobs, run, uniqueFor: .seconds(number(0...1) * number(0...30)), time)
        case 45:
            return .entry(
                ScheduleMark(entry: "e\(number(0...1))", overlap: [.skip, .queue, .allow][number(0...2)]), run, time)
        case 46 where number(0...1) == 0:
            return .pauseEntry(number(0...2) == 0, entry: "e\(number(0...1))", pipeline: pipeline)
        case 46: return .noteFailure(job, scope: "k\(number(0...1))", pipeline: pipeline, time)
        case 47: return .takeFailure(scope: "k\(number(0...1))", pipeline: pipeline)
        case 48..<50: return .mark([job, Job.ID(number(1...60))])
        case 50..<75:
            let outcomes: [Completion.Outcome] = [
                .done, .failed(reason: "no \(step)"), .retry(reason: "yet \(step)", at: soon), .cutOff,
                .interrupted(reason: "cut \(step)", at: soon), .postponed(reason: "down \(step)", at: soon),
            ]
            return .complete(job, attempt: number(1...2), outcomes[number(0...5)], time)
        case 75..<83: return .promote(run, soon, limit: number(1...4))
        case 83..<90: return .cancel(job, time)
        case 90..<94: return .retry(job, time)
        case 94..<97: return .retryAfter(job, Set((0...number(0...1)).map { _ in Job.ID(number(1...60)) }), time)
        case 97: return .start(pipeline: pipeline, key: number(0...2) == 0 ? nil : "k\(number(0...2))", time)
        case 98:
            return .starts(pipeline: pipeline, since: Timestamp.sample(after: .seconds(max(0, step - number(0...60)))))
        case 99 where number(0...1) == 0:
            return .drawBack(run, Timestamp.sample(after: .seconds(max(0, step - number(0...200)))))
        default: return .pause(number(0...1) == 0, pipeline: pipeline)
        }
    }

    private func perform(_ transaction: any StoreTransaction) throws -> Any {
        switch self {
        case .startRun(let pipeline, let items):
            return try transaction.startRun(pipeline: pipeline, items: items, at: .sampleStart)
        case .reopen(let run): return try transaction.reopenRun(run)
        case .begin(let run): return try transaction.beginSession(run: run)
        case .end(let run): return try transaction.endSession(run: run, elapsed: .seconds(1), at: .sampleEnd)
        case .add(let count, let run, let progress):
            return try transaction.add(
                items: (0..<count).map { "\($0)" }, to: run, progress: progress, at: .sampleStart)
        case .submit(let jobs, let run, let uniqueFor, let time):
            return try transaction.submit(jobs, to: run, uniqueFor: uniqueFor, at: time)
        case .mark(let jobs): return try transaction.markStarted(jobs, at: .sampleStart)
        case .complete(let id, let attempt, let outcome, let time):
            guard let run = try knownRun(of: id, transaction) else { return "unknown" }
            return try transaction.completes(
                Completion(
                    job: Job(id: id, runID: run, item: "", attempt: attempt), consumerID: "c1", outcome: outcome,
                    startedAt: .sampleStart, finishedAt: time))
        case .promote(let run, let time, let limit):
            return try transaction.promote(run: run, dueBy: time, limit: limit)
        case .cancel(let job, let time): return try transaction.cancel(job, at: time)
        case .retry(let job, let time): return try transaction.retry(job, at: time)
        case .retryAfter(let job, let blockers, let time):
            return try transaction.retry(job, after: blockers, at: time)
        case .start(let pipeline, let key, let time):
            let expiry = time.advanced(by: .seconds(-30))
            return try transaction.saveStart(pipeline: pipeline, key: key, at: time, forgettingBefore: expiry)
        case .starts(let pipeline, let time):
            let starts = try transaction.lastStarts(pipeline: pipeline, since: time)
            return (starts.latest, starts.keys.sorted { $0.key < $1.key }.map { "\($0)" })
        case .drawBack(let run, let time): return try transaction.drawBack(run: run, to: time)
        case .entry(let mark, let run, let time):
            var job = NewJob(item: mark.entry)
            job.schedule = mark
            let submitted = try transaction.submit([job], to: run, uniqueFor: .zero, at: time)
            return (submitted, try transaction.origin(of: submitted[0].id))
        case .pauseEntry(let isPaused, let entry, let pipeline):
            return try transaction.setPaused(isPaused, entry: entry, pipeline: pipeline, at: .sampleStart)
        case .noteFailure(let job, let scope, let pipeline, let time):
            try transaction.noteFailure(of: job, scope: scope, pipeline: pipeline, at: time)
            return try transaction.hasOpenFailures(pipeline: pipeline)
        case .takeFailure(let scope, let pipeline):
            return try transaction.takeOpenFailure(scope: scope, pipeline: pipeline).map { "\($0)" } ?? "none"
        case .pause(let isPaused, let pipeline):
            return try transaction.setPaused(isPaused, pipeline: pipeline, at: .sampleStart)
        }
    }

    /// The run of a job, which a completion has to name: told by a change that is taken back.
    private func knownRun(of job: Job.ID, _ transaction: any StoreTransaction) throws -> Run.ID? {
        struct Found: Error { let run: Run.ID }
        do {
            try transaction.attempt { throw Found(run: try transaction.cancel(job, at: .sampleStart)[0].runID) }
        } catch let found as Found {
            return found.run
        } catch is StoreError {
            return nil
        }
        return nil
    }
}
