import Testing

@testable import Kata

@Suite("The faults of a configuration")
struct ConfigurationFaultsTests {
    @Test(
        "name the nearest known key",
        arguments: [("queue_sise", "queue_size"), ("Queue_Size", "queue_size"), ("intervall", "interval")])
    func nearestKey(key: String, nearest: String) {
        let (_, faults) = read(.map([key: .text("1")])) { section in
            _ = section.integer("queue_size", in: 1...9, default: 1)
            _ = section.duration("interval", default: .zero)
        }
        #expect(faults == ["f.yaml:1:1: unknown key '\(key)' in the section, did you mean '\(nearest)'?"])
    }

    @Test("list the known keys if none is near")
    func noNearestKey() {
        let (_, faults) = read(.map(["colour": .text("1")])) { section in
            _ = section.string("plugin", default: "x")
            _ = section.duration("interval", default: .zero)
        }
        #expect(faults == ["f.yaml:1:1: unknown key 'colour' in the section, expected one of interval, plugin"])
    }

    @Test("are all reported at once, each where it stands")
    func severalAtOnce() {
        let node = ConfigurationNode.map(["size": .text("0"), "sise": .text("1"), "plugin": .list([])])
        let (_, faults) = read(node) { section in
            _ = section.integer("size", in: 1...9)
            _ = section.string("plugin")
        }
        #expect(
            Set(faults) == [
                "f.yaml:1:7: size is '0', expected a whole number from 1 to 9",
                "f.yaml:2:1: unknown key 'sise' in the section, did you mean 'size'?",
                "f.yaml:3:9: plugin is a list, expected a text",
            ])
        #expect(faults.count == 3)
    }

    @Test("are in the order of the file, whatever was read first")
    func inFileOrder() throws {
        let report = ConfigurationSection.Report()
        let node = ConfigurationNode.map(["b": .text("x"), "unknown": .text("x"), "a": .text("x")])
        var section = ConfigurationSection(node, title: "the section", report: report)
        _ = [section.integer("a", in: 1...9), section.integer("b", in: 1...9)]
        section.finish()
        let thrown = #expect(throws: ConfigurationFaults.self) { try report.throwIfFaulty() }
        #expect(thrown?.faults.map { "\($0.origin)" } == ["f.yaml:1:4", "f.yaml:2:1", "f.yaml:3:4"])
    }

    @Test("are thrown only if there are any")
    func noFaults() throws {
        try ConfigurationSection.Report().throwIfFaulty()
    }

    @Test("are one line each, whatever they quote", arguments: ["a\nb", "a\r\nb", "a\u{85}b", "a\u{2028}b", "\n\n"])
    func oneLine(text: String) {
        let origin = ConfigurationOrigin.file("f.yaml", line: 1, column: 2)
        let faults = ConfigurationFaults([
            ConfigurationFault(origin: origin, message: "size is '\(text)'"),
            ConfigurationFault(origin: .setting("--queue-size"), message: "size is '0'"),
        ])
        let lines = faults.description.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        #expect(lines.count == 2)
        #expect(lines.last == "--queue-size: size is '0'")
    }

    @Test("stay short when a key is very long")
    func longKey() {
        let key = String(repeating: "k", count: 100_000)
        let (_, faults) = read(.map([key: .text("1")])) { $0.string("plugin", default: "x") }
        #expect(faults.count == 1)
        #expect(faults.allSatisfy { $0.count < 300 })
    }
}
