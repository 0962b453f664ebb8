import Testing

@testable import Kata

@Suite("A number beyond its range")
struct NumberBoundsTests {
    @Test("of a rate is taken for one", arguments: [0, -1, .min])
    func rate(count: Int) {
        let limit = RateLimit(count: count, per: .seconds(1))
        #expect(limit.count == 1 && limit.interval == .seconds(1))
    }

    @Test("of an estimate is taken for the nearest that makes sense", arguments: [Int.min, -1, 0, .max])
    func estimate(number: Int) {
        for duration in [Duration.seconds(-1), .zero, .seconds(Int64.max)] {
            let estimate = Estimate(items: number, workers: number, interval: duration, duration: duration)
            #expect(estimate.items >= 0 && estimate.workers >= 1)
            #expect(estimate.predicted >= estimate.lowerBound && estimate.lowerBound >= .zero)
            #expect(estimate.workersNeeded >= 1)
        }
    }

    @Test("of a pipeline is taken for the nearest that it can have", arguments: [Int.min, 0, .max])
    func pipeline(number: Int) {
        let configuration = PipelineConfiguration(
            name: "p", queueSize: number, itemCount: number, workerCount: number, source: NumberSource(),
            handler: TestHandler())
        #expect(PipelineConfiguration.queueSizes.contains(configuration.queueSize))
        #expect(PipelineConfiguration.workerCounts.contains(configuration.workerCount))
        #expect(configuration.itemCount.map(PipelineConfiguration.itemCounts.contains) == true)
    }

    @Test("of an attempt has a time to wait", arguments: [Int.min, -1, 0, .max])
    func attempt(number: Int) {
        #expect(RetryPolicy().ceiling(after: number) == (number > 0 ? .seconds(600) : .zero))
    }

    @Test("of ids is the largest number that there is")
    func ids() {
        var ids = JobIDs()
        ids.append(1 ... .max)
        #expect(ids.count == .max)
        ids.append(1...3)
        #expect(ids.count == .max)
        #expect(JobIDs([1, 2, 3, 7]).count == 4 && JobIDs().count == 0)
    }
}
