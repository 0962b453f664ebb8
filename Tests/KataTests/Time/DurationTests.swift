import Testing

@testable import Kata

@Suite("A duration")
struct DurationTests {
    @Test(
        "is shown in seconds, rounded to the millisecond, whatever its sign",
        arguments: [
            (Duration.zero, "0.000"), (.milliseconds(1_094), "1.094"), (.microseconds(1_499), "0.001"),
            (.microseconds(1_500), "0.002"), (.milliseconds(-500), "-0.500"), (.seconds(-3), "-3.000"),
            (.microseconds(-1_500), "-0.002"), (.seconds(100_000_000_000), "100000000000.000"),
        ])
    func format(duration: Duration, text: String) {
        #expect(duration.formattedSeconds == text)
    }

    @Test("that is too long for a count of nanoseconds is the longest there is, of its sign")
    func nanoseconds() {
        #expect(Duration.seconds(Int64.max).nanoseconds == .max)
        #expect(Duration.seconds(-Int64.max).nanoseconds == .min)
        #expect((Duration.nanoseconds(Int64.max) + .seconds(1)).nanoseconds == .max)
        #expect((Duration.nanoseconds(Int64.min) - .seconds(1)).nanoseconds == .min)
    }

    @Test("leads from an instant to the first or last one, and not past it")
    func instants() {
        let (first, last) = (MonotonicInstant(nanoseconds: .min), MonotonicInstant(nanoseconds: .max))
        #expect(last.advanced(by: .seconds(1)) == last)
        #expect(first.advanced(by: .seconds(-1)) == first)
        #expect(first.duration(to: last) == .nanoseconds(Int64.max) - .nanoseconds(Int64.min))
        #expect(last.duration(to: first) == .nanoseconds(Int64.min) - .nanoseconds(Int64.max))
    }
}
