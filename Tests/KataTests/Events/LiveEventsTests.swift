import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("What happens, for those who look on")
struct LiveEventsTests {
    private let clock = ManualClock()
    private let events: LiveEvents

    init() {
        events = LiveEvents(clock: clock)
    }

    @Test("is asked for only as long as somebody does")
    func unread() {
        #expect(!events.areRead)
        _ = events.join()
        #expect(events.areRead)
    }

    @Test("comes in order, numbered, as JSON")
    func order() throws {
        let start = events.join()
        post(1...3)
        let (found, hasGap) = try read(after: start)
        #expect(found.map(\.number) == [1, 2, 3] && found.map(\.job) == [1, 2, 3] && !hasGap)
        #expect(String(decoding: found[0].json, as: UTF8.self) == "{\"job\":1,\"pipeline\":\"p\",\"n\":1}")
        try #expect(read(after: 2).events.map(\.number) == [3])
    }

    @Test("is waited for")
    func waiting() throws {
        let start = events.join()
        guard case .nothing(let change) = events.read(after: start) else {
            Issue.record("there is something")
            return
        }
        #expect(!change.isOpen)
        post(1...1)
        #expect(change.isOpen)
        try #expect(read(after: start).events.count == 1)
    }

    @Test("leaves a gap for who reads too slowly, and for who comes with a number of the future")
    func slow() throws {
        let start = events.join()
        post(1...9_000)
        let (found, hasGap) = try read(after: start)
        #expect(hasGap && found.first?.number == 809, "the latest 8,192 are kept")
        #expect(found.count == 512, "of which some are read at a time")
        let future = try read(after: .max)
        #expect(future.hasGap && future.events.first?.number == 809)
    }

    @Test("takes no more than so much memory")
    func large() throws {
        let start = events.join()
        let text = String(repeating: "x", count: 1 << 20)
        for job in 1...9 { events.post(.output, pipeline: "p", job: Job.ID(job)) { $0.field("text", text) } }
        let (found, hasGap) = try read(after: start)
        #expect(hasGap && found.map(\.job) == [7, 8, 9])
    }

    @Test("is kept for a while after the last one has left, and no longer")
    func leaving() throws {
        _ = events.join()
        post(1...2)
        events.leave()
        clock.advance(by: .seconds(29))
        #expect(events.areRead)
        post(3...3)
        _ = events.join()
        try #expect(read(after: 2).events.map(\.number) == [3])
        events.leave()
        clock.advance(by: .seconds(31))
        post(4...4)
        #expect(!events.areRead, "and nobody asks any more")
        _ = events.join()
        post(5...5)
        let (found, hasGap) = try read(after: 3)
        #expect(hasGap && found.map(\.job) == [5])
    }

    @Test("of what is printed is whole characters, whatever comes between on the other stream")
    func characters() throws {
        let output = AttemptOutput(
            job: Job(id: 1, runID: 1, item: ""), consumerID: "c1", limits: OutputLimits(), beganAt: .sampleStart,
            holdsKept: false)
        func text(_ bytes: [UInt8], _ stream: OutputPiece.Stream = .out) -> String {
            bytes.withUnsafeBufferPointer { output.text(of: $0, on: stream) }
        }
        #expect(text([0x61, 0xc3]) == "a")
        #expect(text([0x62], .err) == "b")
        #expect(text([0xa9, 0xf0, 0x9f]) == "é")
        #expect(text([0x98]) == "")
        #expect(text([0x80, 0x63]) == "😀c")
        #expect(text([0xff, 0x64]) == "\u{fffd}d")
    }

    private func post(_ jobs: ClosedRange<Job.ID>) {
        for job in jobs { events.post(.job, pipeline: "p", job: job) { $0.field("n", job) } }
    }

    private func read(after number: UInt64) throws -> (events: [LiveEvent], hasGap: Bool) {
        guard case .events(let found, let hasGap) = events.read(after: number) else {
            throw JobFailure("there is nothing behind \(number)")
        }
        return (found, hasGap)
    }
}
