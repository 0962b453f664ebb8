import Kata
import Synchronization

@testable import KataTesting

/// Knows what was promised, sees everything that happens, and says what should not have happened.
///
/// It sees each commit with all rows, each beginning and end of an attempt in a handler, and each answer to a request.
final class Oracle: Sendable {
    /// An attempt at a job.
    struct Claim: Hashable {
        let job: Job.ID
        let attempt: Int
    }

    struct Running {
        let pipeline: String
        let key: String?
        let since: MonotonicInstant
    }

    struct State {
        var violations: [String] = []
        var isHealing = false
        var tables = MemoryTables()
        /// How many commits there were.
        var commits = 0
        /// By job, the commit with which it became pending last.
        var pendingSince: [Job.ID: Int] = [:]
        /// By job, the commit with which it became final last, and with which somebody had it tried again last.
        var finalSince: [Job.ID: Int] = [:]
        var retriedSince: [Job.ID: Int] = [:]
        /// Attempts that a handler was done with well, in any daemon.
        var succeeded: Set<Claim> = []

        /// The number of the daemon that runs; what belongs to earlier ones is not looked at.
        var generation = 0
        /// Whether the daemon's pipelines have ended.
        var hasEnded = false
        var running: [Claim: Running] = [:]
        /// Attempts that this daemon's handlers have done, whether that is committed or not.
        var ended: Set<Claim> = []
        /// With how many commits each attempt began last.
        var begunAt: [Claim: Int] = [:]
        /// The most workers that a pipeline had.
        var workers: [String: Int] = [:]
        /// Of each pipeline that is paused, the jobs that were in hand when that was answered.
        var paused: [String: Set<Job.ID>] = [:]

        /// The items that somebody wanted jobs to have, and the jobs that somebody wanted to be otherwise.
        var editedItems: [Job.ID: Set<String>] = [:]
        var edited: Set<Job.ID> = []
        /// What each job was submitted with.
        var submitted: [Job.ID: NewJob] = [:]
        var begun = 0
        /// What happened, for a person; `nil` if nobody is to read it.
        var story: [String]?

        mutating func require(_ condition: Bool, _ text: @autoclosure () -> String) {
            if !condition {
                violations.append(text())
                story?.append("VIOLATION: \(text())")
            }
        }
    }

    let state: Mutex<State>
    let scenario: Scenario
    private let wallClock = Mutex(ManualWallClock())

    init(_ scenario: Scenario, keepsStory: Bool) {
        self.scenario = scenario
        var state = State()
        if keepsStory { state.story = [] }
        self.state = Mutex(state)
    }

    var violations: [String] { state.withLock { $0.violations } }
    var story: [String] { state.withLock { $0.story ?? [] } }
    /// Whether everything works from now on, so that all work comes to its end.
    var isHealing: Bool { state.withLock { $0.isHealing } }
    var tables: MemoryTables { state.withLock { $0.tables } }
    /// How many attempts were begun, and how many transactions committed.
    var totals: (begun: Int, commits: Int) { state.withLock { ($0.begun, $0.commits) } }

    var now: Timestamp { wallClock.withLock { $0 }.now() }

    func heal() {
        tell("from here on everything works")
        state.withLock { $0.isHealing = true }
    }

    func violated(_ text: String) {
        state.withLock { $0.require(false, text) }
    }

    /// Adds to the story.
    func tell(_ text: @autoclosure () -> String) {
        if state.withLock({ $0.story == nil }) { return }
        let line = "\(now.iso8601) \(text())"
        state.withLock { $0.story?.append(line) }
    }

    /// Takes in that another daemon runs from now on.
    func daemonStarts(_ generation: Int, wallClock: ManualWallClock) {
        self.wallClock.withLock { $0 = wallClock }
        tell("daemon \(generation) starts")
        state.withLock { state in
            state.generation = generation
            state.hasEnded = false
            state.running = [:]
            state.ended = []
            state.begunAt = [:]
            state.workers = [:]
            for pipeline in state.paused.keys { state.paused[pipeline] = [] }
        }
    }

    /// Takes in that what the daemon does from here on has no effect.
    func daemonCrashed() {
        tell("the daemon crashes")
        state.withLock { $0.generation = 0 }
    }

    /// Takes in that the daemon's pipelines have ended: no job is begun any more.
    func daemonEnded() {
        tell("the daemon has ended")
        state.withLock { $0.hasEnded = true }
    }

    func hasWorkers(_ count: Int, pipeline: String) {
        state.withLock { $0.workers[pipeline] = max(count, $0.workers[pipeline] ?? 0) }
    }
}
