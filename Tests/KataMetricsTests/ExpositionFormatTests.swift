import Testing

@testable import KataMetrics

@Suite("Metrics as text")
struct ExpositionFormatTests {
    private let families = [
        MetricFamily(
            "jobs_total", .counter, help: "Jobs \\ of \"all\"\nkinds.",
            [.init([.init("a", "x\"y\\z\r\nw"), .init("b", "é")], .number(3)), .init(.number(0.5))]),
        MetricFamily(
            "level", .gauge, help: "", [.init(.number(-1.25)), .init(.number(.infinity)), .init(.number(.nan))]),
        MetricFamily(
            "took_seconds", .histogram, help: "Time.",
            [.init([.init("a", "b")], .histogram(HistogramValue(bounds: [0.5, 1], counts: [2, 0, 1], sum: 7.5)))]),
    ]

    @Test("follows the format of Prometheus")
    func prometheus() {
        #expect(
            ExpositionFormat.prometheus.text(families) == """
                # HELP jobs_total Jobs \\\\ of "all"\\nkinds.
                # TYPE jobs_total counter
                jobs_total{a="x\\"y\\\\z\r\\nw",b="é"} 3
                jobs_total 0.5
                # HELP level \n\
                # TYPE level gauge
                level -1.25
                level +Inf
                level NaN
                # HELP took_seconds Time.
                # TYPE took_seconds histogram
                took_seconds_bucket{a="b",le="0.5"} 2
                took_seconds_bucket{a="b",le="1"} 2
                took_seconds_bucket{a="b",le="+Inf"} 3
                took_seconds_sum{a="b"} 7.5
                took_seconds_count{a="b"} 3

                """)
    }

    @Test("follows OpenMetrics")
    func openMetrics() {
        let text = ExpositionFormat.openMetrics.text(families)
        #expect(text.hasPrefix("# HELP jobs Jobs \\\\ of \\\"all\\\"\\nkinds.\n# TYPE jobs counter\njobs_total{"))
        #expect(text.contains("took_seconds_bucket{a=\"b\",le=\"1.0\"} 2\n"))
        #expect(text.hasSuffix("took_seconds_count{a=\"b\"} 3\n# EOF\n"))
    }

    @Test(
        "gives a client the one that it likes best",
        arguments: [
            (nil, .prometheus), ("", .prometheus), ("*/*", .prometheus), ("text/html", .prometheus),
            ("text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .prometheus),
            ("application/openmetrics-text", .openMetrics),
            ("Application/OpenMetrics-Text; version=1.0.0", .openMetrics),
            ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", .openMetrics),
            ("text/plain, application/openmetrics-text;q=0.9", .prometheus),
            ("text/plain, application/openmetrics-text", .prometheus),
            ("application/openmetrics-text;q=0", .prometheus),
        ] as [(String?, ExpositionFormat)])
    func negotiation(accept: String?, format: ExpositionFormat) {
        #expect(ExpositionFormat(accept: accept) == format)
    }
}
