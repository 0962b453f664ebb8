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
}
