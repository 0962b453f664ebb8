import Kata
import KataTestSupport

/// What chance has chosen for one simulation: how its pipelines are configured, what happens to them, and how often. Each
/// simulation has only some of all that can happen, so that what happens often does not hide what happens seldom.
struct Scenario {
    let habit: Scheduler.Habit
    let requestCount: Int
    /// How many requests of the client may be under way at once.
    let requestLimit: Int
    /// How likely the next event is a request.
    let requestProbability: Double
    let requests: [Client.Request]
    let crashProbability: Double
    /// How likely a transaction fails, and how likely that is the beginning of a time in which all do.
    let faultProbability: Double
    let outageProbability: Double
    /// How likely a read fails.
    let readFaultProbability: Double
    /// How likely a read takes a while, before and after.
    let readDelayProbability: Double
    let behaviours: [SimulatedHandler.Behaviour]
    let failures: FailurePolicy
    let limits: WorkLimits
    let workerCounts: [Int]
    let queueSizes: [Int]
    let keys: [String?]
    let priorities: [Int]
    let hasFeed: Bool
    let patience: StorePatience
    let drainTimeout: Duration

    /// The names of the pipelines: one that jobs are submitted to, and one with a source.
    var pipelines: [String] { hasFeed ? ["mail", "feed"] : ["mail"] }

    init(_ chance: Chance) {
        habit = Scheduler.Habit(
            order: chance.pick(Scheduler.Habit.Order.allCases), switchProbability: chance.pick([0, 0, 0.02, 0.2, 1]))
        requestCount = chance.number(in: 2...40)
        requestLimit = chance.pick([1, 2, 8])
        requestProbability = chance.pick([0.02, 0.1, 0.4])
        requests = Client.Request.allCases.filter { $0 == .submit || chance.happens(0.5) }
        crashProbability = chance.pick([0, 0, 0.002, 0.01])
        faultProbability = chance.pick([0, 0, 0.02, 0.1])
        outageProbability = chance.pick([0, 0.5])
        readFaultProbability = chance.pick([0, 0, 0, 0.02])
        readDelayProbability = chance.pick([0, 0.3])
        behaviours = [.succeed] + SimulatedHandler.Behaviour.allCases.filter { _ in chance.happens(0.4) }
        failures = FailurePolicy(
            retry: chance.pick([nil, RetryPolicy(attempts: 3, backoff: .seconds(1), max: .seconds(30))]),
            timeout: chance.pick([nil, .seconds(2)]), interruptions: chance.pick([2, 3]))
        limits = WorkLimits(
            rate: chance.happens(0.2) ? RateLimit(count: 2, per: .seconds(1)) : nil,
            ratePerKey: chance.happens(0.15) ? RateLimit(count: 1, per: .seconds(2)) : nil,
            concurrencyPerKey: chance.pick([nil, 1, 1, 2]))
        workerCounts = chance.pick([[1], [1], [1, 2], [2, 3, 4], [3]])
        queueSizes = chance.pick([[1, 2], [3, 2]])
        keys = chance.pick([[nil], ["a"], [nil, "a", "b"], ["a", "b"]])
        priorities = chance.pick([[0], [0, 1], [-1, 0, 5]])
        hasFeed = chance.happens(0.5)
        patience = StorePatience(interval: .seconds(1), limit: chance.pick([.seconds(10), .seconds(600)]))
        drainTimeout = chance.pick([.seconds(1), .seconds(30)])
    }
}
