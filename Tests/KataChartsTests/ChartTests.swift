import Testing

@testable import KataCharts

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
    func consumers() throws {
        let attempts = [
            ConsumerChart.Attempt(consumer: "c1", item: "<script>", start: 100, end: 100.5),
            ConsumerChart.Attempt(consumer: "c2", item: "b", start: 100.1, end: 100.6),
        ]
        let theory = ConsumerChart.Theory(predicted: 0.6, bound: 0.6)
        let svg = try #require(ConsumerChart(attempts: attempts, workers: 2, theory: theory, now: nil)).svg
        #expect(svg.contains("item &lt;script&gt;, c1, 0.000 to 0.500 s") && !svg.contains("<script"))
        #expect(svg.contains("predicted and lower bound 0.60 s") && svg.contains("measured 0.60 s"))
        #expect(svg.contains("1 item, 83 %"))
        #expect(svg.matches(of: /<rect/).count == 2)
    }

    @Test("of a run with very many consumers show the first ones")
    func many() throws {
        let attempts = (1...1_000).map { ConsumerChart.Attempt(consumer: "c\($0)", item: "\($0)", start: 0, end: 1) }
        let svg = try #require(ConsumerChart(attempts: attempts, workers: 1_000, theory: nil, now: 1)).svg
        #expect(svg.matches(of: /<rect/).count == 64)
        #expect(svg.contains("now 1.00 s") && svg.contains("of 1,000"))
    }

    @Test(
        "of a run have a row for each consumer in the order of its number, node by node, and for those that did nothing"
    )
    func rows() throws {
        func names(_ consumers: [String], workers: Int) throws -> [String] {
            let attempts = consumers.map { ConsumerChart.Attempt(consumer: $0, item: "x", start: 0, end: 1) }
            let svg = try #require(ConsumerChart(attempts: attempts, workers: workers, theory: nil, now: nil)).svg
            return svg.matches(of: /<text x="0" y="[0-9.]+">([^<]+)</).map { String($0.1) }.filter { $0 != "busy" }
        }
        #expect(try names(["c10", "c2"], workers: 3) == ["c1", "c2", "c3", "c10"])
        #expect(try names(["b:c1", "a:c10", "a:c2"], workers: 3) == ["a:c2", "a:c10", "b:c1"])
        #expect(ConsumerChart(attempts: [], workers: 3, theory: nil, now: nil) == nil)
    }

    @Test("of time against workers have a line for theory, and a dot for each run")
    func workers() throws {
        let theory = [WorkersChart.Point(workers: 1, seconds: 10), WorkersChart.Point(workers: 10, seconds: 1)]
        let measured = [WorkersChart.Point(workers: 3, seconds: 3.4)]
        let svg = try #require(WorkersChart(theory: theory, measured: measured, bound: 1)).svg
        #expect(svg.contains("<title>3 workers, 3.400 s</title>") && svg.contains("lower bound 1.00 s"))
        #expect(svg.contains("class=\"mark\" d=\"M95.8 28L668.2 290.8\""))
        #expect(WorkersChart(theory: [], measured: [], bound: nil) == nil)
        let one = try #require(WorkersChart(theory: [], measured: [.init(workers: 1, seconds: 0)], bound: nil)).svg
        #expect(!one.contains("nan") && !one.contains("inf"))
    }

    @Test("as files say what they are, and bring their colours")
    func standalone() {
        let file = StandaloneSVG.document("<svg class=\"chart\" viewBox=\"0 0 1 1\"><path/></svg>")
        #expect(
            file.hasPrefix(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"-16 -16 33 33\">\n<style>"))
        #expect(file.hasSuffix("</style><path/></svg>\n") && file.contains("prefers-color-scheme"))
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
