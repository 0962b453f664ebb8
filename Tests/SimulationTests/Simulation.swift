import KataTestSupport
import KataTesting

@testable import Kata
@testable import KataDaemon

/// A daemon with its pipelines, its store and a client, in one thread and on virtual time. Everything that happens follows from
/// the seed: which task goes on, what the client asks for, what fails, and when the daemon crashes.
///
/// First all that can go wrong does. Then everything works, and all jobs have to come to their ends.
struct Simulation {
    struct Outcome {
        let seed: UInt64
        /// What should not have happened; empty if all was well.
        let violations: [String]
        /// Tells whether two simulations took the same course.
        let trace: UInt64
        let steps: Int
        let attempts: Int
        let commits: Int
        let daemons: Int
        /// What happened, for a person, if that was asked for.
        let story: [String]
    }

    private let seed: UInt64
    private let chance: Chance
    private let scenario: Scenario
    private let oracle: Oracle
    private let scheduler: Scheduler
    private let disk: SimulatedDisk
    private let client: Client
    private var daemon: SimulatedDaemon
    private var requestsLeft: Int
    /// Whether the recorder may have something to do.
    private var recorderMayWork = true
    private let recorderProbability: Double
    /// FNV-1a, of all that was chosen.
    private var trace: UInt64 = 0xcbf2_9ce4_8422_2325

    /// More steps than any simulation needs whose tasks come to rest.
    private static let stepLimit = 200_000
    private static let longTime = Duration.seconds(48 * 3_600)

    static func run(seed: UInt64, keepsStory: Bool = false) -> Outcome {
        var simulation = Simulation(seed: seed, keepsStory: keepsStory)
        return simulation.run()
    }

    private init(seed: UInt64, keepsStory: Bool) {
        self.seed = seed
        chance = Chance(seed: seed)
        scenario = Scenario(chance)
        oracle = Oracle(scenario, keepsStory: keepsStory)
        scheduler = Scheduler(chance, scenario.habit)
        disk = SimulatedDisk(oracle, chance, scenario)
        let version = SimulatedDaemon.Version(
            queueSize: scenario.queueSizes[0], workerCount: scenario.workerCounts[0], pipelines: scenario.pipelines)
        client = Client(version, oracle, chance, scenario)
        requestsLeft = scenario.requestCount
        recorderProbability = chance.pick([0.05, 0.3, 0.8])
        daemon = SimulatedDaemon(1, at: .sampleStart, on: disk, version, oracle, chance, scenario)
    }

    private mutating func run() -> Outcome {
        defer { scheduler.end() }
        while requestsLeft > 0 && isWell { happen() }
        if isWell { heal() }
        if isWell { drain() }
        let totals = oracle.totals
        return Outcome(
            seed: seed, violations: oracle.violations, trace: trace, steps: scheduler.steps, attempts: totals.begun,
            commits: totals.commits, daemons: daemon.number, story: oracle.story)
    }

    private var isWell: Bool { oracle.violations.isEmpty }

    // MARK: What goes wrong

    private mutating func happen() {
        if daemon.isOver { return startAnew() }
        if chance.happens(scenario.crashProbability) {
            if chance.happens(0.3) { daemon.store.crashAfterCommit() } else { return startAnew() }
        }
        if chance.happens(scenario.requestProbability) { return request() }
        if step() { return }
        compareCounts()
        if chance.happens(0.3) { return request() }
        if !sleep() { request() }
    }

    private mutating func request() {
        requestsLeft -= 1
        guard client.underWay < scenario.requestLimit else { return }
        client.send(chance.pick(scenario.requests), to: daemon)
        recorderMayWork = true
    }

    /// Ends the daemon, as it is, and starts another one.
    private mutating func startAnew() {
        windDown()
        let time = daemon.wallClock.now().advanced(by: chance.time(upTo: .seconds(5)))
        client.forgetBusy()
        // Not the time that was let pass for its tasks to end.
        daemon = SimulatedDaemon(
            daemon.number + 1, at: max(time, oracle.now), on: disk, client.version, oracle, chance, scenario)
        recorderMayWork = true
    }

    /// Crashes the daemon, if it has not ended, and runs what is left of it to its end.
    private mutating func windDown() {
        if daemon.hasEnded { daemon.stopRecorder() } else { daemon.crash() }
        recorderMayWork = true
        var pauses = 0
        while !daemon.hasEnded || !daemon.isRecorderOver || client.underWay > 0 {
            if step() { continue }
            pauses += 1
            guard pauses < 100, isWell else {
                return oracle.violated("daemon \(daemon.number) does not end after it was cancelled")
            }
            daemon.clock.advance(by: Self.longTime)
            // A store that takes no writes is tried again now, or not waited for any more.
            recorderMayWork = true
        }
        // What nobody waits for, as the timers of attempts.
        while step() {}
    }

    // MARK: What has to follow

    /// From here on everything works: all jobs come to their ends.
    private mutating func heal() {
        oracle.heal()
        var isSettled = false
        let begin = oracle.now
        while isWell {
            if daemon.isOver {
                startAnew()
                isSettled = false
            }
            if step() { continue }
            if isSettled && isDone { break }
            if !isSettled, client.underWay == 0, daemon.storeTakesWrites, daemon.engine != nil {
                isSettled = true
                resume()
                continue
            }
            guard begin.duration(to: oracle.now) < Self.longTime, sleep() else {
                oracle.checkAllFinished()
                return oracle.violated("jobs are left, and nobody works on them: \(status)")
            }
        }
        compareCounts()
        oracle.checkSubmitted()
    }

    private func resume() {
        Task { [client, daemon, scenario, oracle] in
            do {
                try await client.reload(daemon, with: scenario.pipelines)
                for pipeline in daemon.engine?.pipelines ?? [] {
                    oracle.resumes(pipeline.name)
                    try await pipeline.resume()
                }
            } catch {
                // Its drain had begun before; the next one is asked again.
                oracle.tell("the daemon is not resumed: \(error)")
            }
        }
    }

    private var isDone: Bool {
        oracle.areAllFinished
            && daemon.engine.map { engine in engine.pipelines.count == scenario.pipelines.count } ?? false
    }

    /// A drain comes to its end within its time, and nothing is left of it.
    private mutating func drain() {
        daemon.engine?.drain()
        recorderMayWork = true
        let begin = daemon.clock.now
        let limit = scenario.drainTimeout + SimulatedHandler.stubbornness + .seconds(60)
        while isWell && !daemon.hasEnded {
            if step() { continue }
            guard begin.duration(to: daemon.clock.now) < limit, sleep() else {
                return oracle.violated("a drain does not come to its end: \(status)")
            }
        }
        if isWell { windDown() }
    }

    private var status: String {
        let pipelines = daemon.engine?.pipelines.map { pipeline in
            let status = pipeline.status()
            return "\(pipeline.name) is \(status.state), \(status.counts), \(status.problems)"
        }
        return pipelines?.joined(separator: "; ") ?? "the daemon is starting"
    }

    // MARK: Steps

    /// Has one task, or the recorder, go one step on.
    ///
    /// - Returns: `false` if all of them wait.
    private mutating func step() -> Bool {
        if scheduler.steps > Self.stepLimit {
            oracle.violated("the tasks never rest")
            return false
        }
        let count = scheduler.readyCount
        if recorderMayWork, count == 0 || chance.happens(recorderProbability) {
            recorderMayWork = daemon.stepRecorder()
            note(1 << 32)
            return true
        }
        guard let place = scheduler.step() else { return false }
        recorderMayWork = true
        note(UInt64(count) << 16 | UInt64(place))
        return true
    }

    /// Lets time pass until something happens by itself.
    ///
    /// - Returns: `false` if nothing will.
    private mutating func sleep() -> Bool {
        guard let time = daemon.nextWake else { return false }
        daemon.pass(max(time, .nanoseconds(1)))
        recorderMayWork = true
        note(UInt64(bitPattern: time.nanoseconds))
        return true
    }

    private mutating func compareCounts() {
        guard client.underWay == 0, daemon.storeTakesWrites else { return }
        for pipeline in daemon.engine?.pipelines ?? [] { oracle.compare(pipeline) }
    }

    private mutating func note(_ value: UInt64) {
        trace = (trace ^ value) &* 0x0000_0100_0000_01b3
    }
}
