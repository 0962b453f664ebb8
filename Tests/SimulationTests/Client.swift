import Synchronization

@testable import Kata
@testable import KataDaemon
@testable import KataTesting

/// Asks things of a daemon, and tells the oracle what was answered.
final class Client: Sendable {
    enum Request: CaseIterable {
        case submit, submitTwice, cancel, retry, retryWithDependents, cancelAll, retryFailed, pause, resume, scale,
            reload
        case edit, remove, drain, giveUp
    }

    private struct State {
        var underWay = 0
        var lastItem = 0
        /// Requests of a kind that come one at a time: their answers say nothing otherwise.
        var busy: Set<String> = []
        /// What the daemon is configured to be.
        var version: SimulatedDaemon.Version
    }

    private let oracle: Oracle
    private let chance: Chance
    private let scenario: Scenario
    private let state: Mutex<State>

    init(_ version: SimulatedDaemon.Version, _ oracle: Oracle, _ chance: Chance, _ scenario: Scenario) {
        self.oracle = oracle
        self.chance = chance
        self.scenario = scenario
        state = Mutex(State(version: version))
    }

    /// How many requests have no answer yet.
    var underWay: Int { state.withLock { $0.underWay } }
    var version: SimulatedDaemon.Version { state.withLock { $0.version } }

    /// Forgets that requests of a daemon that has crashed are under way.
    func forgetBusy() {
        state.withLock { $0.busy = [] }
    }

    /// Begins a request.
    func send(_ request: Request, to daemon: SimulatedDaemon) {
        state.withLock { $0.underWay += 1 }
        Task {
            do {
                try await ask(request, daemon)
            } catch is RecorderFailure, is StoreFailure, is StoreError, is PipelineError, is CancellationError {
                oracle.tell("\(request) is refused")
            } catch {
                oracle.violated("\(request) has failed: \(error)")
            }
            state.withLock { $0.underWay -= 1 }
        }
    }

    private func ask(_ request: Request, _ daemon: SimulatedDaemon) async throws {
        // Mostly there is one; a daemon that starts answers nothing.
        guard let engine = daemon.engine else { return }
        oracle.tell("\(request) is asked for")
        switch request {
        case .submit: try await submit(daemon, key: nil)
        case .submitTwice:
            let key = IdempotencyKey("key \(nextItem())", fingerprint: 1)
            try await submit(daemon, key: key)
        case .cancel:
            guard let job = anyJob() else { return }
            let (records, commits) = oracle.jobs(of: nil) { $0.job.id == job }
            guard case .success = try await daemon.steering.cancel([job])[0] else { return }
            answered(daemon) { oracle.cancelled(records, since: commits, by: "cancel of job \(job)") }
        case .retry:
            guard let job = anyJob() else { return }
            _ = try await daemon.steering.retry([job])
        case .retryWithDependents:
            guard let job = anyJob() else { return }
            _ = try await daemon.steering.retryWithDependents(job)
        case .cancelAll:
            let (jobs, commits) = oracle.jobs(of: "mail") { !$0.state.isFinal }
            _ = try await daemon.steering.cancelAll(pipeline: "mail")
            answered(daemon) { oracle.cancelled(jobs, since: commits, by: "cancel --all") }
        case .retryFailed:
            let jobs = oracle.jobs(of: "mail") { $0.state == .failed && $0.uniqueKey == nil }.records
            _ = try await daemon.steering.retryFailed(pipeline: "mail")
            answered(daemon) { oracle.retried(jobs, by: "retry --all") }
        case .pause: try await changePause(daemon, isPaused: true)
        case .resume: try await changePause(daemon, isPaused: false)
        case .scale:
            guard let pipeline = daemon.pipeline(anyPipeline()) else { return }
            let count = chance.number(in: 1...4)
            oracle.hasWorkers(count, pipeline: pipeline.name)
            pipeline.scale(to: count)
        case .reload: try await reload(daemon, with: scenario.pipelines)
        case .edit:
            guard let job = anyJob() else { return }
            let edit = newEdit()
            oracle.edits(job, edit)
            _ = try await daemon.steering.edit(job, edit)
        case .remove: try await reload(daemon, with: [anyPipeline()])
        case .drain: engine.drain()
        case .giveUp: engine.giveUp()
        }
    }

    /// Looks at an answer, unless the daemon has crashed: then nobody was given it.
    private func answered(_ daemon: SimulatedDaemon, _ body: () -> Void) {
        if !daemon.store.hasCrashed { body() }
    }

    private func submit(_ daemon: SimulatedDaemon, key: IdempotencyKey?) async throws {
        guard let pipeline = daemon.pipeline("mail") else { return }
        let jobs = (1...chance.pick([1, 1, 2, 7])).map { _ in newJob() }
        let answers = try await pipeline.submit(jobs, key: key)
        answered(daemon) { oracle.submitted(jobs, answers) }
        guard let key, let pipeline = daemon.pipeline("mail") else { return }
        let again = try await pipeline.submit(jobs, key: key)
        answered(daemon) {
            if again != answers { oracle.violated("the same submission was answered with \(again) after \(answers)") }
        }
    }

    private func newJob() -> NewJob {
        var job = NewJob(item: "item \(nextItem())", priority: chance.pick(scenario.priorities))
        job.key = chance.pick(scenario.keys)
        if chance.happens(0.2) { job.runAt = oracle.now.advanced(by: chance.time(upTo: .seconds(30))) }
        if chance.happens(0.1) { job.uniqueKey = chance.pick(["one", "two"]) }
        if chance.happens(0.1) { job.maxAttempts = chance.number(in: 1...3) }
        if chance.happens(0.1) { job.timeout = chance.time(upTo: .seconds(5)) + .milliseconds(1) }
        if chance.happens(0.2), let blocker = anyJob() {
            job.after = [blocker]
            job.when = chance.pick(NewJob.Condition.allCases)
        }
        return job
    }

    private func newEdit() -> JobEdit {
        var edit = JobEdit(item: chance.happens(0.5) ? "item \(nextItem())" : nil)
        if chance.happens(0.5) { edit.priority = chance.pick(scenario.priorities) }
        if chance.happens(0.3) { edit.key = .set(chance.pick(scenario.keys)) }
        if chance.happens(0.3) { edit.runAt = oracle.now.advanced(by: chance.time(upTo: .seconds(5))) }
        return edit
    }

    private func changePause(_ daemon: SimulatedDaemon, isPaused: Bool) async throws {
        guard let pipeline = daemon.pipeline(anyPipeline()) else { return }
        let name = pipeline.name
        guard state.withLock({ $0.busy.insert("pause of \(name)").inserted }) else { return }
        oracle.resumes(name)
        defer { _ = state.withLock { $0.busy.remove("pause of \(name)") } }
        if !isPaused { return try await pipeline.resume() }
        try await pipeline.pause()
        // What is on the queue of a pipeline that drains is finished.
        if daemon.engine?.pipelines.contains(where: { $0.name == name && $0.takesNoMore.isOpen }) ?? true { return }
        let inHand = daemon.engine?.pipelines.filter { $0.name == name }.flatMap(\.busyConsumers).compactMap(\.jobID)
        answered(daemon) { oracle.paused(name, inHand: inHand ?? []) }
    }

    /// Has the daemon take over another configuration.
    func reload(_ daemon: SimulatedDaemon, with pipelines: [String]) async throws {
        guard let engine = daemon.engine, state.withLock({ $0.busy.insert("reload").inserted }) else { return }
        defer { _ = state.withLock { $0.busy.remove("reload") } }
        let version = SimulatedDaemon.Version(
            queueSize: chance.pick(scenario.queueSizes), workerCount: chance.pick(scenario.workerCounts),
            pipelines: pipelines)
        try await engine.reload(daemon.configuration(version))
        if engine.isDraining { return }
        state.withLock { $0.version = version }
        let names = Set(engine.pipelines.map(\.name))
        oracle.tell("reloaded: \(version); now there are \(names.sorted())")
        if !names.isSuperset(of: pipelines) {
            oracle.violated("a reload asked for \(pipelines), and there are \(names.sorted())")
        }
    }

    private func nextItem() -> Int {
        state.withLock { state in
            state.lastItem += 1
            return state.lastItem
        }
    }

    private func anyPipeline() -> String { chance.pick(scenario.pipelines) }

    /// One of the latest jobs, mostly.
    private func anyJob() -> Job.ID? {
        let jobs = oracle.tables.jobs
        if jobs.isEmpty { return nil }
        return jobs[max(0, jobs.count - chance.number(in: 1...6))].job.id
    }
}
