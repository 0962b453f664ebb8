import Testing

@testable import Kata

@Suite("Durations in a configuration")
struct DurationConfigurationTests {
    @Test(
        "are a number with a unit",
        arguments: [
            ("10ms", .milliseconds(10)), ("1.5s", .milliseconds(1_500)), ("2m", .seconds(120)), ("1h", .seconds(3_600)),
            ("0", .zero), ("0ms", .zero), ("0.0h", .zero), ("0.25ms", .microseconds(250)),
            ("0.001ms", .microseconds(1)),
            ("007s", .seconds(7)), ("1.50s", .milliseconds(1_500)), ("0.5h", .seconds(1_800)),
            ("0.1s", .milliseconds(100)),
            ("0.3s", .milliseconds(300)), ("1.1s", .milliseconds(1_100)), ("90m", .seconds(5_400)),
            ("8760h", .seconds(365 * 24 * 3_600)), ("525600m", .seconds(365 * 24 * 3_600)),
            ("1d", .seconds(86_400)), ("1.5d", .seconds(129_600)), ("365d", .seconds(365 * 86_400)),
            ("2w", .seconds(14 * 86_400)), ("0.5w", .seconds(302_400)), ("52w", .seconds(364 * 86_400)), ("0w", .zero),
        ] as [(String, Duration)]
    )
    func good(text: String, duration: Duration) {
        #expect(Duration(configuration: text) == duration)
    }

    @Test(
        "are nothing else",
        arguments: [
            "", " ", "10", "1.5", "00", "-0", "ms", "s", ".5s", "1.s", ".s", "1..5s", "1.2.3s", "-1s", "+1s", "1e3s",
            "0x1s",
            "infs", "nans", "1 s", " 1s", "1s ", "1S", "1MS", "1H", "10us", "10ns", "1D", "1W", "1y", "366d", "53w",
            "365.1d", "1dw", "1h30m", "1,5s",
            "1_000s",
            "٣s", "１s", "1s\n", "8760.1h", "8761h", "99999999999999999999h", String(repeating: "9", count: 400) + "s",
            "ten seconds", "10msec", "1sec", "1min", "null", "~", "1s\u{301}",
        ]
    )
    func bad(text: String) {
        #expect(Duration(configuration: text) == nil)
    }
}
