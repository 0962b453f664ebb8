import Kata

/// What is known of the database without asking: what nobody else can change as long as the session lasts, and ids that are drawn and
/// not given out yet. Belongs to the thread that writes.
final class KnownRows {
    /// What a transaction adds, which is known for good once it is committed.
    struct Additions {
        var pipelines: [String: Int64] = [:]
        var runs: Set<Run.ID> = []
        /// The unfinished runs of pipelines, and of those that have none `nil`.
        var unfinishedRuns: [String: Run.ID?] = [:]
        /// Whether what was known of unfinished runs before does not hold any more.
        var forgetsRuns = false
    }

    private var unfinishedRuns: [String: Run.ID?] = [:]
    private var pipelines: [String: Int64] = [:]
    private var runs: Set<Run.ID> = []
    var additions = Additions()
    /// Ids of jobs that are drawn and not given out.
    private var jobIDs: ArraySlice<Job.ID> = []
    private var drawnAt = Duration.zero
    private static let freshness = Duration.milliseconds(100)

    func pipeline(_ name: String) -> Int64? { additions.pipelines[name] ?? pipelines[name] }

    func isKnown(_ run: Run.ID) -> Bool { additions.runs.contains(run) || runs.contains(run) }

    /// The unfinished run of a pipeline; `nil` if that is not known.
    func unfinishedRun(_ pipeline: String) -> Run.ID?? {
        additions.unfinishedRuns[pipeline] ?? (additions.forgetsRuns ? nil : unfinishedRuns[pipeline])
    }

    func forgetUnfinishedRuns() {
        additions.unfinishedRuns = [:]
        additions.forgetsRuns = true
    }

    /// How many ids of jobs are there.
    var jobIDCount: Int { jobIDs.count }

    func drew(_ ids: [Job.ID]) {
        jobIDs += ids
        drawnAt = BootClock.now
    }

    /// Forgets ids that were drawn a while ago, where others draw some, too: their jobs would come behind ones that are submitted now.
    func forgetOldIDs() {
        if BootClock.now - drawnAt > Self.freshness { forgetIDs() }
    }

    func forgetIDs() {
        jobIDs = []
    }

    /// Gives out ids that are there.
    func takeJobIDs(_ count: Int) -> [Job.ID] {
        let taken = jobIDs.prefix(count)
        jobIDs.removeFirst(taken.count)
        return Array(taken)
    }

    /// Takes ids back that were given out last and not used.
    func giveBack(_ ids: ArraySlice<Job.ID>) {
        if !ids.isEmpty { jobIDs = ids + jobIDs }
    }

    func committed() {
        pipelines.merge(additions.pipelines) { _, new in new }
        runs.formUnion(additions.runs)
        if additions.forgetsRuns { unfinishedRuns = [:] }
        // Other nodes may begin one at any time.
        unfinishedRuns.merge(additions.unfinishedRuns.filter { $0.value != nil }) { _, new in new }
        additions = Additions()
    }

    /// Takes in that other nodes may have begun or ended runs.
    func forgetRunsOfOthers() {
        unfinishedRuns = [:]
    }

    func rolledBack() {
        additions = Additions()
    }
}
