import Kata
import KataAPI
import Testing

@testable import kata_ctl

@Suite("The chart of an estimate")
struct EstimateChartTests {
    @Test("keeps its columns, whatever the numbers, and its width", arguments: [40, 80, 200])
    func width(width: Int) {
        let estimate = Estimate(
            items: 100_000_000_000, workers: 10_000, interval: .seconds(31_536_000), duration: .seconds(31_536_000))
        for estimate in [estimate, Estimate(items: 1, workers: 1, interval: .zero, duration: .seconds(1))] {
            let chart = EstimateChart(EstimateDocument(pipeline: "kata", estimate: estimate), width: width)
            let rows = chart.lines.drop { !$0.contains("WORKERS") }.dropFirst()
            #expect(!rows.isEmpty)
            let ends = rows.map { row in String(row.prefix { $0 != "s" }).columns }
            #expect(Set(ends).count == 1)
            #expect(rows.allSatisfy { $0.columns <= width })
        }
    }

    @Test("tells of one item and one worker in the singular")
    func singular() {
        let estimate = Estimate(items: 1, workers: 1, interval: .zero, duration: .seconds(1))
        let chart = EstimateChart(EstimateDocument(pipeline: "kata", estimate: estimate), width: nil)
        #expect(chart.lines[0] == "pipeline kata: 1 item, 1 worker")
        #expect(chart.lines[2].hasSuffix("first reached with 1 worker"))
    }
}
