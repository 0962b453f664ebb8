import Kata
import KataTestSupport
import KataTesting
import Logging
import Synchronization

@testable import KataPlugins

/// A plugin's pool with its processes, in one thread and on virtual time: requests come and are cancelled, processes start, say
/// hello, answer, hang and die, and then the pool is stopped. Each request has to come to its end, and each process, too.
struct PluginSimulation {
    private let chance: Chance
    private let scheduler: Scheduler
    private let clock = ManualClock()
    private let processes: SimulatedProcesses
    private let pool: PluginPool
    private let unanswered = Counter()
    private let hasStopped = Latch()
    private var requestsLeft: Int

    private final class Counter: Sendable {
        let value = Atomic(0)
    }

    /// - Returns: what should not have happened; empty if all was well.
    static func run(seed: UInt64) -> [String] {
        guard let mailbox = ReactorMailbox() else { return ["there is no descriptor left"] }
        var simulation = PluginSimulation(seed, mailbox)
        return simulation.run()
    }

    private init(_ seed: UInt64, _ mailbox: ReactorMailbox) {
        chance = Chance(seed: seed)
        scheduler = Scheduler(
            chance,
            Scheduler.Habit(
                order: chance.pick(Scheduler.Habit.Order.allCases), switchProbability: chance.pick([0, 0.1, 1])))
        processes = SimulatedProcesses(mailbox, chance)
        let settings = PluginSettings(
            companion: "simulated", path: "/simulated", kind: .handler,
            config: ConfigurationNode(.map([]), origin: .setting("the simulation")), pipeline: "mail")
        pool = PluginPool(
            settings, count: chance.number(in: 1...3), clock: clock, reactor: ProcessReactor(mailbox: mailbox),
            logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() })
        requestsLeft = chance.number(in: 0...10)
    }

    private mutating func run() -> [String] {
        defer { scheduler.end() }
        while requestsLeft > 0 {
            if chance.happens(0.2) || !step() { request() }
        }
        for _ in 0..<chance.number(in: 0...30) where !step() { _ = sleep() }
        Task { [pool, hasStopped] in
            await pool.stop()
            hasStopped.open()
        }
        while !hasStopped.isOpen || unanswered.value.load(ordering: .relaxed) > 0 {
            if step() { continue }
            // Once the pool is stopped nobody answers what waits for a process, so that the pipeline has to cancel it.
            if hasStopped.isOpen { break }
            if clock.now.nanoseconds > Duration.seconds(24 * 3_600).nanoseconds || !sleep() { break }
        }
        while step() {}
        var violations: [String] = []
        if !hasStopped.isOpen { violations.append("the pool does not stop") }
        if processes.count > 0 { violations.append("\(processes.count) of \(processes.started) processes are left") }
        return violations
    }

    private mutating func request() {
        requestsLeft -= 1
        unanswered.value.add(1, ordering: .relaxed)
        let task = Task { [pool, unanswered] in
            // Whatever becomes of it, it has come to its end.
            _ = try? await pool.request { id in PluginRequest.job(Job(id: 1, runID: 1, item: "x"), id: id) }
            unanswered.value.subtract(1, ordering: .relaxed)
        }
        let time = chance.time(upTo: .seconds(60))
        Task { [clock] in
            // Somebody cancels each job in the end; that it was answered before changes nothing.
            try? await clock.sleep(for: time)
            task.cancel()
        }
    }

    /// Has a task, the reactor or a process go one step on.
    ///
    /// - Returns: `false` if all of them wait.
    private func step() -> Bool {
        switch chance.number(in: 0...2) {
        case 0 where processes.takeRequests(): return true
        case 1 where processes.act(): return true
        default: break
        }
        if scheduler.step() != nil || processes.takeRequests() { return true }
        // Each process may do nothing once, by chance.
        return (0..<20).contains { _ in processes.act() }
    }

    private func sleep() -> Bool {
        guard let time = clock.sleeps.first else { return false }
        clock.advance(by: max(time, .nanoseconds(1)))
        return true
    }
}
