import Synchronization
import Testing

@testable import Kata

@Suite("The clock of a server")
struct OffsetWallClockTests {
    /// A machine's clocks, in microseconds.
    private final class Machine: Sendable {
        let system = Atomic<Int64>(1_000_000_000)
        let steady = Atomic<Int64>(5_000_000)

        func pass(_ seconds: Int64) {
            system.wrappingAdd(seconds * 1_000_000, ordering: .relaxed)
            steady.wrappingAdd(seconds * 1_000_000, ordering: .relaxed)
        }

        func set(by seconds: Int64) { system.wrappingAdd(seconds * 1_000_000, ordering: .relaxed) }
    }

    private let machine = Machine()
    private let clock: OffsetWallClock

    init() {
        clock = OffsetWallClock(
            system: { [machine] in machine.system.load(ordering: .relaxed) },
            steady: { [machine] in machine.steady.load(ordering: .relaxed) })
    }

    @Test("is the system's until another one was noted, and is set with it")
    func system() {
        #expect(clock.nowInMicroseconds() == 1_000_000_000)
        machine.set(by: 3_600)
        #expect(clock.nowInMicroseconds() == 4_600_000_000)
    }

    @Test("is not set with the machine's", arguments: [3_600, -3_600, 60] as [Int64])
    func step(by seconds: Int64) {
        clock.note(.seconds(7), error: .milliseconds(1))
        #expect(clock.nowInMicroseconds() == 1_007_000_000)
        machine.set(by: seconds)
        machine.pass(1)
        #expect(clock.nowInMicroseconds() == 1_008_000_000)
        // The next sample has the other offset, and the same time.
        clock.note(.seconds(7 - seconds), error: .milliseconds(1))
        #expect(clock.nowInMicroseconds() == 1_008_000_000)
    }

    @Test("takes a sample that is worse only where the clocks have moved apart")
    func worse() {
        clock.note(.seconds(7), error: .milliseconds(1))
        clock.note(.milliseconds(7_040), error: .milliseconds(50))
        #expect(clock.nowInMicroseconds() == 1_007_000_000)
        clock.note(.milliseconds(7_100), error: .milliseconds(50))
        #expect(clock.nowInMicroseconds() == 1_007_100_000)
    }
}
