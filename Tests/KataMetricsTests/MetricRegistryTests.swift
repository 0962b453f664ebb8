import CoreMetrics
import Metrics
import Testing

@testable import KataMetrics

@Suite("The registry of metrics")
struct MetricRegistryTests {
    private let registry = MetricRegistry([
        MetricDescription("jobs_total", help: "Jobs."),
        MetricDescription("took_seconds", help: "Time.", bounds: [0.001, 1]),
        MetricDescription("sizes", help: "Sizes.", bounds: [1, 10]),
    ])

    @Test("adds up what is counted, for each set of dimensions")
    func counters() {
        let first = counter("a")
        first.increment()
        first.increment(by: 4)
        counter("b").increment(by: 2)
        #expect(
            registry.families == [
                MetricFamily(
                    "jobs_total", .counter, help: "Jobs.",
                    [.init([.init("pipeline", "a")], .number(5)), .init([.init("pipeline", "b")], .number(2))])
            ])
    }

    @Test("goes on with a counter that is made again, also after it was thrown away")
    func again() {
        let first = counter("a")
        first.increment()
        first.destroy()
        counter("a").increment()
        #expect(registry.families.first?.series.map(\.value) == [.number(2)])
    }

    @Test("puts times and sizes into ranges, with a value on a bound below it")
    func histograms() {
        let timer = Timer(label: "took_seconds", dimensions: [], factory: registry)
        for nanoseconds in [0, 1_000_000, 1_000_001, 1_000_000_000, 1_000_000_001] as [Int64] {
            timer.recordNanoseconds(nanoseconds)
        }
        let sizes = Recorder(label: "sizes", dimensions: [], aggregate: true, factory: registry)
        for size in [1, 2, 10, 11] as [Int64] { sizes.record(size) }
        #expect(
            registry.families.map(\.series) == [
                [.init(.histogram(HistogramValue(bounds: [1, 10], counts: [1, 2, 1], sum: 24)))],
                [.init(.histogram(HistogramValue(bounds: [0.001, 1], counts: [2, 2, 1], sum: 2.002_000_002)))],
            ])
    }

    @Test("keeps the latest value of what goes up and down")
    func gauges() {
        let meter = Meter(label: "level", dimensions: [], factory: registry)
        meter.set(3)
        meter.increment(by: 2)
        meter.decrement(by: 1.5)
        Gauge(label: "other", dimensions: [("a", "b")], factory: registry).record(7)
        #expect(
            registry.families == [
                MetricFamily("level", .gauge, help: "", [.init(.number(3.5))]),
                MetricFamily("other", .gauge, help: "", [.init([.init("a", "b")], .number(7))]),
            ])
    }

    @Test("shows one kind of a name, whichever came first")
    func kinds() {
        counter("a").increment()
        Meter(label: "jobs_total", dimensions: [], factory: registry).set(9)
        Timer(label: "jobs_total", dimensions: [("pipeline", "a")], factory: registry).recordNanoseconds(1)
        #expect(registry.families.map(\.kind) == [.counter])
        #expect(registry.families[0].series.map(\.value) == [.number(1)])
    }

    @Test("counts what many threads count")
    func threads() async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let counter = counter("a")
                    let timer = Timer(label: "took_seconds", dimensions: [], factory: registry)
                    for _ in 0..<1_000 {
                        counter.increment()
                        timer.recordNanoseconds(5)
                    }
                }
            }
        }
        #expect(
            registry.families.map { $0.series.map(\.value) } == [
                [.number(8_000)],
                [.histogram(HistogramValue(bounds: [0.001, 1], counts: [8_000, 0, 0], sum: 40_000 * 1e-9))],
            ])
    }

    private func counter(_ pipeline: String) -> Counter {
        Counter(label: "jobs_total", dimensions: [("pipeline", pipeline)], factory: registry)
    }
}
