import Testing

@testable import Kata

@Suite("A configuration node")
struct ConfigurationNodeTests {
    @Test("is equal to one that says the same elsewhere")
    func equality() {
        let here = ConfigurationNode.map(line: 1, ["a": .text("1"), "b": .list(["2"])])
        let there = ConfigurationNode.map(line: 7, ["a": .text("1"), "b": .list(["2"])])
        #expect(here.origin != there.origin)
        #expect(here == there)
        #expect(here.hashValue == there.hashValue)
    }

    @Test("differs from one that says something else")
    func inequality() {
        let node = ConfigurationNode.map(["a": .text("1")])
        #expect(node != .map(["a": .text("2")]))
        #expect(node != .map(["b": .text("1")]))
        #expect(node != .map(["a": .text("1"), "b": .text("1")]))
        #expect(node != .text("1"))
        #expect(ConfigurationNode.text("1") != .list(["1"]))
        #expect(ConfigurationNode.text("1") != .quoted("1"))
    }

    @Test("gives the value of a key, if it is a map that has it")
    func subscripting() {
        let node = ConfigurationNode.map(["a": .text("1"), "b": .text("2")])
        #expect(node["b"] == .text("2"))
        #expect(node["c"] == nil)
        #expect(ConfigurationNode.text("a")["a"] == nil)
    }

    @Test("takes a new value for a key, with the place that it came from")
    func setting() {
        let node = ConfigurationNode.map(["a": .text("1"), "b": .text("2")])
        let value = ConfigurationNode(.scalar("9"), origin: .setting("--a"))
        let changed = node.setting("a", to: value)
        #expect(changed["a"] == .text("9"))
        #expect(changed["a"]?.origin == .setting("--a"))
        #expect(changed["b"] == .text("2"))
        #expect(node["a"] == .text("1"))
        guard case .map(let entries) = changed.value else {
            Issue.record("it is no map any more")
            return
        }
        #expect(entries.map(\.key) == ["a", "b"], "it keeps its place")
    }

    @Test("takes a value for a key that it did not have")
    func settingNew() {
        #expect(ConfigurationNode.map([:]).setting("a", to: .text("1")) == .map(["a": .text("1")]))
    }

    @Test("stays as it is if it is no map")
    func settingNoMap() {
        #expect(ConfigurationNode.text("x").setting("a", to: .text("1")) == .text("x"))
    }

    @Test(
        "says where it came from",
        arguments: [
            (ConfigurationOrigin.file("/etc/kata/kata.yaml", line: 3, column: 14), "/etc/kata/kata.yaml:3:14"),
            (.setting("--queue-size"), "--queue-size"),
        ])
    func origin(origin: ConfigurationOrigin, text: String) {
        #expect("\(origin)" == text)
    }
}
