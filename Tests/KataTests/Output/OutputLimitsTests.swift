import KataTestSupport
import Testing

@testable import Kata

@Suite("The limits of outputs")
struct OutputLimitsTests {
    @Test("are read as sizes, and have their usual values without a key")
    func reading() throws {
        let node = ConfigurationNode.map(["head": .text("4KiB"), "tail": .text("1M"), "total": .text("2GiB")])
        #expect(try limits(node) == OutputLimits(head: 4_096, tail: 1 << 20, total: 2 << 30))
        #expect(try limits(.map([:])) == OutputLimits(head: 65_536, tail: 65_536, total: 1 << 30))
    }

    @Test(
        "have a range each",
        arguments: [("head", "1023"), ("head", "2MiB"), ("tail", "100"), ("total", "1"), ("tail", "x")])
    func ranges(key: String, value: String) {
        #expect(throws: ConfigurationFaults.self) { try limits(.map([key: .text(value)])) }
    }

    @Test("are the nearest ones that there may be, where a program gives others")
    func nearest() {
        let limits = OutputLimits(head: 0, tail: .max, total: 0)
        #expect(limits == OutputLimits(head: 1 << 10, tail: 1 << 20, total: 1 << 10))
    }

    private func limits(_ node: ConfigurationNode) throws -> OutputLimits {
        let report = ConfigurationSection.Report()
        let limits = OutputLimits(node: node, title: "output", report: report)
        try report.throwIfFaulty()
        return limits
    }
}
