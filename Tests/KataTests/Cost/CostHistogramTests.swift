import Testing

@testable import Kata

@Suite("The costs of attempts")
struct CostHistogramTests {
    @Test("are told within an eighth", arguments: [0, 1, 7, 15, 16, 17, 100, 1_000, 123_456, 1 << 40, Int64.max])
    func value(value: Int64) {
        var histogram = CostHistogram()
        histogram.add(value)
        for share in [0.01, 0.5, 1] {
            let told = histogram.quantile(share)
            #expect(abs(Double(told) - Double(value)) <= Double(value) / 8)
        }
    }

    @Test("are told as the median, and as what 95 of 100 do not exceed")
    func shares() {
        var histogram = CostHistogram()
        for value in 1...1_000 { histogram.add(Int64(value)) }
        #expect((450...550).contains(histogram.quantile(0.5)))
        #expect((890...1_010).contains(histogram.quantile(0.95)))
        #expect(CostHistogram().quantile(0.5) == 0)
    }

    @Test("are those of attempts with a process, and memory of those of which it is known")
    func summary() throws {
        let costs = CostStatistics()
        #expect(costs.summary == nil)
        costs.add(
            JobCost(userTime: .milliseconds(4), systemTime: .milliseconds(6), peakMemory: nil), waited: .seconds(30),
            worked: .seconds(2))
        let summary = try #require(costs.summary)
        #expect(summary.attempts == 1 && summary.peakMemory == nil)
        #expect(abs(summary.processorTime.median / .milliseconds(10) - 1) < 0.13)
        #expect(abs(summary.waited.median / .seconds(30) - 1) < 0.13)
        #expect(abs(summary.worked.most / .seconds(2) - 1) < 0.13)
        costs.add(JobCost(userTime: .zero, systemTime: .zero, peakMemory: 5 << 20), waited: .zero, worked: .zero)
        let memory = try #require(costs.summary?.peakMemory?.median)
        #expect(abs(Double(memory) / Double(5 << 20) - 1) < 0.13)
    }
}
