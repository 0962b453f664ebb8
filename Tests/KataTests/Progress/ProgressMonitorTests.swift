import KataTestSupport
import Testing

@testable import Kata

@Suite("The watch over progress")
struct ProgressMonitorTests {
    private static let interval = Duration.seconds(1)
    private static let limit = Duration.seconds(4)

    /// Looks again and again at one part, whose clock is told.
    private struct Looks {
        var monitor = ProgressMonitor(interval: interval, limit: limit)
        var now = Timestamp(milliseconds: 0)

        mutating func look(
            _ reading: ProgressReading?, after elapsed: Duration = interval
        ) -> ProgressMonitor.Findings {
            now = now.advanced(by: elapsed)
            let readings = [reading].compactMap { $0 }.map { (part: "part", reading: $0) }
            return monitor.take(readings, after: elapsed, at: now)
        }
    }

    private static func due(_ steps: UInt64, allowance: Duration = .zero) -> ProgressReading {
        ProgressReading(steps: steps, isDue: true, allowance: allowance, waiting: "a job")
    }

    @Test("finds a part alive that makes a step from one look to the next")
    func steps() {
        var looks = Looks()
        for step in 0..<20 { #expect(looks.look(Self.due(UInt64(step))) == .init()) }
    }

    @Test("finds a part alive that has nothing to do, for however long")
    func idle() {
        var looks = Looks()
        for _ in 0..<20 { #expect(looks.look(.idle) == .init()) }
    }

    @Test("sees at the next look that a part has made no step, and says so after the limit, once")
    func stall() {
        var looks = Looks()
        #expect(looks.look(Self.due(1)).isAlive)
        for _ in 1...3 {
            let findings = looks.look(Self.due(1))
            #expect(!findings.isAlive)
            #expect(findings.stalls.isEmpty)
        }
        let stall = ProgressStall(part: "part", since: Timestamp(milliseconds: 1_000), waiting: "a job")
        let findings = looks.look(Self.due(1))
        #expect(findings.new == [stall])
        #expect(findings.stalls == [stall])
        let later = looks.look(Self.due(1))
        #expect(later.new.isEmpty)
        #expect(later.stalls == [stall])
        #expect(!later.isAlive)
        let after = looks.look(Self.due(2))
        #expect(after == .init(isAlive: true, over: [stall]))
        #expect(looks.look(Self.due(3)) == .init())
    }

    @Test("forgets a part that is gone, or has nothing to do any more", arguments: [nil, ProgressReading.idle])
    func gone(reading: ProgressReading?) {
        var looks = Looks()
        for _ in 0...4 { _ = looks.look(Self.due(1)) }
        let findings = looks.look(reading)
        #expect(findings.isAlive)
        #expect(findings.stalls.isEmpty)
        #expect(findings.over.map(\.part) == ["part"])
        #expect(looks.look(reading) == .init())
    }

    @Test("gives a part that becomes due a whole interval")
    func becomesDue() {
        var looks = Looks()
        for _ in 0..<5 { _ = looks.look(.init(steps: 1, isDue: false)) }
        #expect(looks.look(Self.due(1)).isAlive)
        #expect(!looks.look(Self.due(1)).isAlive)
    }

    @Test("allows a part that takes its time as much more as it says")
    func allowance() {
        var looks = Looks()
        let reading = Self.due(1, allowance: .seconds(10))
        for _ in 0...10 { #expect(looks.look(reading).isAlive) }
        for _ in 11...13 {
            let findings = looks.look(reading)
            #expect(!findings.isAlive)
            #expect(findings.stalls.isEmpty)
        }
        #expect(looks.look(reading).new.count == 1)
    }

    @Test("says of a part that a restart would not get on that it does not, and lets the others live")
    func incurable() {
        var looks = Looks()
        let reading = ProgressReading(steps: 1, isDue: true, restartHelps: false)
        for _ in 0...3 { #expect(looks.look(reading) == .init()) }
        let findings = looks.look(reading)
        #expect(findings.isAlive)
        #expect(findings.new.count == 1)
    }

    @Test("takes a pause of the whole process, or of the machine, for no longer than an interval")
    func suspended() {
        var looks = Looks()
        _ = looks.look(Self.due(1))
        for _ in 1...3 { #expect(looks.look(Self.due(1), after: .seconds(3_600)).stalls.isEmpty) }
        // A look that is merely late counts whole.
        var late = Looks()
        _ = late.look(Self.due(1))
        _ = late.look(Self.due(1), after: .seconds(2))
        #expect(late.look(Self.due(1), after: .seconds(2)).new.count == 1)
    }

    @Test("tells parts apart by their names")
    func several() {
        var monitor = ProgressMonitor(interval: Self.interval, limit: Self.interval)
        let now = Timestamp(milliseconds: 0)
        _ = monitor.take([(part: "a", reading: Self.due(1)), (part: "b", reading: Self.due(1))], after: .zero, at: now)
        let findings = monitor.take(
            [(part: "a", reading: Self.due(2)), (part: "b", reading: Self.due(1))], after: Self.interval, at: now)
        #expect(findings.stalls.map(\.part) == ["b"])
        #expect(!findings.isAlive)
    }

    @Test("asks a part again only once it has answered")
    func questions() {
        let open = Notes<@Sendable () -> Void>()
        let check = ProgressCheck.answering("part", ask: { open.add($0) })
        #expect(check.read() == .init(steps: 0, isDue: true))
        #expect(check.read().steps == 0)
        #expect(open.all.count == 1)
        open.all[0]()
        #expect(check.read().steps == 1)
        #expect(open.all.count == 2)
        #expect(check.read().steps == 1)
    }

    @Test("knows parts that come and go")
    func registry() {
        let registry = ProgressRegistry()
        let first = registry.add(ProgressCheck("thread") { .idle })
        _ = registry.add(ProgressCheck("thread") { .idle })
        #expect(registry.checks.map(\.name) == ["thread 1", "thread 2"])
        registry.remove(first)
        #expect(registry.checks.map(\.name) == ["thread 2"])
    }
}
