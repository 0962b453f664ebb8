import KataTestSupport
import Testing

@testable import Kata

@Suite("The estimate")
struct EstimateTests {
    @Test("predicts exactly what a simulation takes, whatever the size of the queue", arguments: 1...5)
    func agreesWithSimulation(queueSize: Int) {
        for (workers, interval, duration) in Self.grid {
            var simulation = PipelineSimulation(
                workers: workers, queueSize: queueSize, interval: interval, duration: duration
            )
            for (items, expected) in simulation.makespans(upTo: 40).enumerated() {
                let estimate = Estimate(items, workers, interval, duration)
                guard estimate.predicted != .milliseconds(expected) else { continue }
                Issue.record("\(estimate) takes \(expected) ms, not \(estimate.predicted)")
                return
            }
        }
    }

    @Test("has the least number of workers that reaches the lower bound", arguments: 0...5)
    func workersNeeded(interval: Int) {
        for duration in 0...20 {
            let makespans = (1...40).map { workers in
                var simulation = PipelineSimulation(
                    workers: workers, queueSize: 1, interval: interval, duration: duration
                )
                return simulation.makespans(upTo: 40)
            }
            for items in 0...40 {
                let bound = makespans.map { $0[items] }.min() ?? 0
                let least = (makespans.firstIndex { $0[items] == bound } ?? -1) + 1
                let estimate = Estimate(items, 1, interval, duration)
                #expect(estimate.workersNeeded == least, "\(items) items, \(interval) ms, \(duration) ms")
                #expect(estimate.lowerBound == .milliseconds(bound), "\(items) items, \(interval) ms, \(duration) ms")
            }
        }
    }

    @Test("never grows with more workers")
    func monotonous() {
        for (_, interval, duration) in Self.grid {
            for items in [1, 7, 40, 1_000] {
                let times = (1...41).map { Estimate(items, $0, interval, duration).predicted }
                #expect(times == times.sorted(by: >))
            }
        }
    }

    @Test("knows the kata's figures", arguments: [(1, 10_000), (3, 3_400), (10, 1_090), (12, 1_090), (1_000, 1_090)])
    func kata(workers: Int, milliseconds: Int) {
        let estimate = Estimate(100, workers, 10, 100)
        #expect(estimate.predicted == .milliseconds(milliseconds))
        #expect(estimate.lowerBound == .milliseconds(1_090))
        #expect(estimate.workersNeeded == 10)
        #expect(estimate.bottleneck == (workers < 10 ? .consumers : .producer))
    }

    @Test("is nothing for no items")
    func noItems() {
        let estimate = Estimate(0, 3, 10, 100)
        #expect(estimate.predicted == .zero)
        #expect(estimate.lowerBound == .zero)
        #expect(estimate.workersNeeded == 1)
        #expect(estimate.bottleneck == .producer)
    }

    @Test("counts the producer's last sleep if it outlasts the last item")
    func lastSleep() {
        #expect(Estimate(1, 1, 5, 2).predicted == .milliseconds(5))
        #expect(Estimate(3, 1, 5, 2).predicted == .milliseconds(15))
    }

    @Test("is the same for the same work with another number of workers")
    func withWorkers() {
        #expect(Estimate(100, 1, 10, 100).with(workers: 3) == Estimate(100, 3, 10, 100))
    }

    @Test("bears the limits of a configuration")
    func limits() async {
        await #expect(processExitsWith: .success) {
            let year = Duration.seconds(365 * 24 * 3_600)
            let items = PipelineConfiguration.itemCounts.upperBound
            for (interval, duration) in [(year, year), (.zero, year), (year, .zero)] {
                for workers in [1, PipelineConfiguration.workerCounts.upperBound] {
                    let estimate = Estimate(items: items, workers: workers, interval: interval, duration: duration)
                    precondition(estimate.predicted >= estimate.lowerBound)
                    precondition(estimate.with(workers: estimate.workersNeeded).predicted == estimate.lowerBound)
                }
            }
        }
    }

    @Test("can be shown at the limits of a configuration")
    func limitsShown() async {
        await #expect(processExitsWith: .success) {
            let estimate = Estimate(
                items: PipelineConfiguration.itemCounts.upperBound,
                workers: 1,
                interval: .seconds(365 * 24 * 3_600),
                duration: .seconds(365 * 24 * 3_600)
            )
            precondition(estimate.predicted.seconds > 3e18)
            precondition(!estimate.predicted.formattedSeconds.isEmpty)
        }
    }

    private static var grid: [(workers: Int, interval: Int, duration: Int)] {
        (1...12).flatMap { workers in
            (0...5).flatMap { interval in (0...20).map { (workers, interval, $0) } }
        }
    }
}

extension Estimate {
    /// In whole milliseconds.
    fileprivate init(_ items: Int, _ workers: Int, _ interval: Int, _ duration: Int) {
        self.init(
            items: items, workers: workers, interval: .milliseconds(interval), duration: .milliseconds(duration)
        )
    }
}
