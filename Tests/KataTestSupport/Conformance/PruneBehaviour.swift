public import Kata
import Testing

/// What every ``JobStore`` must do when finished jobs are forgotten.
public enum PruneBehaviour: String, StoreBehaviour {
    case chosen = "jobs of a pipeline and a final state may be pruned that were finished before a time"
    case paged = "jobs that may be pruned are read in pages"
    case forgotten = "a pruned job goes with its attempts and its result, and what was counted stays"
    case kept = "the latest job and that of the latest result are never pruned"
    case drawnBack = "the ends of finished jobs that lie ahead are drawn back"
    case clock = "what retention knows of the clock is kept, for each pipeline"
    case refused = "no job is pruned that may not be"

    private static let late = Timestamp.sample(after: .seconds(3_600))

    /// Checks this case on an empty store.
    public func check(_ store: any JobStore) async throws {
        switch self {
        case .chosen: try await Self.checkChosen(store)
        case .paged: try await Self.checkPaged(store)
        case .forgotten: try await Self.checkForgotten(store)
        case .kept: try await Self.checkKept(store)
        case .refused: try await Self.checkRefused(store)
        case .drawnBack: try await Self.checkDrawnBack(store)
        case .clock: try Self.checkClock(store)
        }
    }

    private static func checkChosen(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let other = try store.openRun("b")
        var ids: [JobState: Job.ID] = [:]
        for state in JobState.allCases { ids[state] = try await store.job(state, in: run) }
        _ = try await store.job(.done, in: other)
        _ = try await store.job(.pending, in: other)
        for state in JobState.allCases where state.isFinal {
            let id = try #require(ids[state])
            let time = try #require(try await store.record(id).finishedAt)
            let after = Timestamp(milliseconds: time.milliseconds + 1)
            for (limit, expected) in [(time, []), (after, [id]), (late, [id])] {
                let selection = PruneSelection(pipeline: "a", state: state, finishedBefore: limit)
                try await #expect(store.prunableJobIDs(selection, after: 0, limit: 10) == expected)
            }
        }
        let nobody = PruneSelection(pipeline: "c", state: .done, finishedBefore: late)
        try await #expect(store.prunableJobIDs(nobody, after: 0, limit: 10).isEmpty)
    }

    private static func checkPaged(_ store: any JobStore) async throws {
        let (_, jobs) = try await store.run("a", items: (0..<6).map(String.init))
        for job in jobs { try store.complete(job) }
        let selection = PruneSelection(pipeline: "a", state: .done, finishedBefore: late)
        let first = try await store.prunableJobIDs(selection, after: 0, limit: 2)
        #expect(first == jobs.prefix(2).map(\.id))
        try await #expect(
            store.prunableJobIDs(selection, after: first[1], limit: 9) == jobs[2..<5].map(\.id))
    }

    private static func checkForgotten(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: ["0", "1", "2", "3"])
        for job in jobs.prefix(3) { try store.complete(job) }
        let before = try await store.latestRun(pipeline: "a")
        let selection = PruneSelection(pipeline: "a", state: .done, finishedBefore: late)
        #expect(try store.transaction { try $0.prune(jobs.map(\.id), selection) } == 2)
        for job in jobs.prefix(2) {
            try await #expect(store.job(job.id) == nil)
            try await #expect(store.attempts(job: job.id).isEmpty)
        }
        try await #expect(store.lines() == ["c1 | 2"])
        try await #expect(store.latestRun(pipeline: "a") == before)
        try await #expect(store.counts(pipeline: "a") == JobCounts(pending: 1, done: 3))
        #expect(try store.transaction { try $0.prune(jobs.map(\.id), selection) } == 0)
        // Ids go on where they were.
        try await #expect(store.add(["4"], to: run.id).map(\.id) == [jobs[3].id + 1])
        try store.complete(jobs[3])
        try await #expect(store.results(ResultSelection(), after: 0, limit: 9).map(\.id) == [3, 4])
    }

    private static func checkKept(_ store: any JobStore) async throws {
        let (_, jobs) = try await store.run("a", items: ["0", "1", "2"])
        for index in [1, 0] { try store.complete(jobs[index]) }
        try store.complete(jobs[2], .failed(reason: "no"))
        for state in [JobState.done, .failed] {
            let selection = PruneSelection(pipeline: "a", state: state, finishedBefore: late)
            _ = try store.transaction { try $0.prune(jobs.map(\.id), selection) }
        }
        let left = try await store.jobs(JobFilter(), before: .max, limit: 9).map(\.job.id)
        #expect(left == [jobs[2].id, jobs[0].id], "the latest job, and that of the latest result")
    }

    private static func checkDrawnBack(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let other = try store.openRun("b")
        var ids: [JobState: Job.ID] = [:]
        for state in JobState.allCases { ids[state] = try await store.job(state, in: run) }
        let another = try await store.job(.done, in: other)
        let limit = Timestamp.sampleStart.advanced(by: .seconds(-1))
        let time = Timestamp.sampleStart.advanced(by: .seconds(-2))
        for state in JobState.allCases where state.isFinal {
            let id = try #require(ids[state])
            let late = try await store.jobIDs(pipeline: "a", state: state, finishedAfter: late, after: 0, limit: 9)
            #expect(late == [])
            let jobs = try await store.jobIDs(pipeline: "a", state: state, finishedAfter: limit, after: 0, limit: 9)
            #expect(jobs == [id])
            let rest = try await store.jobIDs(pipeline: "a", state: state, finishedAfter: limit, after: id, limit: 9)
            #expect(rest == [])
            try #expect(store.transaction { try $0.drawBackEnds(of: jobs + [0], after: limit, to: time) } == 1)
            try await #expect(store.record(id).finishedAt == time)
            try #expect(store.transaction { try $0.drawBackEnds(of: jobs, after: limit, to: time) } == 0)
        }
        let result = try await store.results(ResultSelection(pipeline: "a"), after: 0, limit: 9)
        #expect(result.map(\.startedAt) == [time] && result.map(\.finishedAt) == [time])
        try await #expect(store.record(another).finishedAt != time)
    }

    private static func checkClock(_ store: any JobStore) throws {
        _ = try store.openRun()
        try #expect(store.transaction { try $0.retentionClock(pipeline: "a") } == RetentionClock())
        for clock in [
            RetentionClock(trusted: .sampleStart, jumped: late), RetentionClock(trusted: late), RetentionClock(),
        ] {
            try store.transaction { try $0.saveRetentionClock(clock, pipeline: "a") }
            try #expect(store.transaction { try $0.retentionClock(pipeline: "a") } == clock)
            try #expect(store.transaction { try $0.retentionClock(pipeline: "b") } == RetentionClock())
        }
    }

    private static func checkRefused(_ store: any JobStore) async throws {
        let run = try store.openRun()
        var ids: [Job.ID] = []
        for state in JobState.allCases { ids.append(try await store.job(state, in: run)) }
        ids.append(try store.submit(NewJob(item: "last"), to: run))
        let selection = PruneSelection(pipeline: "a", state: .failed, finishedBefore: late)
        #expect(try store.transaction { try $0.prune(ids + [0, 9_999], selection) } == 1)
        var states: [JobState] = []
        for id in ids { if let record = try await store.job(id) { states.append(record.state) } }
        #expect(states == JobState.allCases.filter { $0 != .failed } + [.pending])
    }
}
