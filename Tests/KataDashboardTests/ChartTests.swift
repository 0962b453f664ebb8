import Testing

@testable import KataDashboard

@Suite("Pictures")
struct ChartTests {
    @Test("of the last hour have a stroke for each minute in which something ended")
    func sparkline() {
        var done = Array(repeating: 0, count: 60)
        var failed = done
        (done[0], done[59], failed[58]) = (10, 1, 3)
        let svg = Sparkline.svg(done: done, failed: failed, label: "mail")
        #expect(svg.contains("<path class=\"up\" d=\"M1 20v-19M119 20v-2\"/>"))
        #expect(svg.contains("<path class=\"down\" d=\"M117 21v7\"/>"))
        let empty = Sparkline.svg(
            done: Array(repeating: 0, count: 60), failed: Array(repeating: 0, count: 60), label: "x")
        #expect(!empty.contains("class=\"up\"") && !empty.contains("class=\"down\""))
    }

    @Test(
        "of a queue are as full as it is",
        arguments: [(0, 50, nil), (1, 1_000, "1"), (25, 50, "27"), (60, 50, "54")]
            as [(Int, Int, String?)])
    func gauge(depth: Int, size: Int, width: String?) {
        let svg = QueueGauge.svg(depth: depth, size: size)
        #expect(svg.contains("class=\"bar\"") == (width != nil))
        if let width { #expect(svg.contains("width=\"\(width)\" height=\"6\"")) }
    }

    @Test("of a run have a bar for each item, escape what stands in it, and lines for theory and measurement")
    func consumers() {
        let attempts = [
            ConsumerChart.Attempt(consumer: 1, item: "<script>", start: 0, end: 0.5),
            ConsumerChart.Attempt(consumer: 2, item: "b", start: 0.1, end: 0.6),
        ]
        let svg = ConsumerChart(
            attempts: attempts, consumers: 2, elapsed: 0.6, predicted: 0.6, bound: 0.6, isOver: true
        ).svg
        #expect(svg.contains("item &lt;script&gt;, c1, 0.000 to 0.500 s") && !svg.contains("<script"))
        #expect(svg.contains("predicted and lower bound 0.60 s") && svg.contains("measured 0.60 s"))
        #expect(svg.contains("1 items, 83 %"))
        #expect(svg.matches(of: /<rect/).count == 2)
    }

    @Test("of a run with very many consumers show the first ones")
    func many() {
        let attempts = (1...1_000).map { ConsumerChart.Attempt(consumer: $0, item: "\($0)", start: 0, end: 1) }
        let svg = ConsumerChart(
            attempts: attempts, consumers: 1_000, elapsed: 1, predicted: nil, bound: nil, isOver: false
        ).svg
        #expect(svg.matches(of: /<rect/).count == 64)
        #expect(svg.contains("now 1.00 s") && svg.contains("of 1,000"))
    }

    @Test("of how long attempts took have a bar for each time, and what is far out in one of its own")
    func latency() throws {
        let durations = (0..<200).map { 0.1 + Double($0 % 20) / 1_000 } + [5]
        let histogram = try #require(LatencyHistogram(durations.sorted()))
        #expect(histogram.unit == .milliseconds && histogram.width == 1)
        #expect(histogram.bins.map(\.count) == Array(repeating: 10, count: 20) + [1])
        #expect(
            histogram.bins.first?.start == 100 && histogram.bins.last?.start == 120 && histogram.bins.last?.end == nil)
        #expect(histogram.summary == "201 attempts, half of them within 110 ms, 95 of 100 within 119 ms.")
        let svg = histogram.svg
        #expect(svg.matches(of: /<rect/).count == 21 && svg.contains("<title>120 ms and more: 1</title>"))
        #expect(svg.contains("p50 110 ms") && svg.contains("p95 119 ms") && svg.contains("1 ms a bar"))
    }

    @Test(
        "of how long attempts took are in the unit in which that is well read",
        arguments: [
            ([0], LatencyHistogram.Unit.milliseconds, 1), ([0.001, 9.9], .milliseconds, 500), ([12, 60], .seconds, 2),
            ([700, 7_000], .minutes, 5), ([3, 3, 3], .milliseconds, 1),
        ] as [([Double], LatencyHistogram.Unit, Double)])
    func units(durations: [Double], unit: LatencyHistogram.Unit, width: Double) throws {
        let histogram = try #require(LatencyHistogram(durations))
        #expect(histogram.unit == unit && histogram.width == width)
        #expect(histogram.bins.reduce(0) { $0 + $1.count } == durations.count)
        #expect(!histogram.svg.contains("nan") && !histogram.svg.contains("inf"))
    }

    @Test("of how long attempts took are not there without any")
    func noLatency() {
        #expect(LatencyHistogram([]) == nil)
    }
}
