import Logging
import Testing

@testable import Kata

@Suite("The registry of plugins")
struct PluginRegistryTests {
    @Test("makes what was registered by its type, or under a name")
    func make() {
        var registry = PluginRegistry()
        registry.register(handler: TestHandler.self)
        registry.register(handler: "quick") { _, _ in TestHandler(nominalDuration: .seconds(1)) }
        registry.register(source: NumberSource.self)
        registry.register(source: "inbox") { _, _ in TestInbox() }
        #expect(registry.handlerNames == ["quick", "test"])
        #expect(registry.sourceNames == ["inbox", "numbers"])
        var section = Self.section()
        #expect(registry.makeHandler(named: "quick", &section, context: Self.context)?.nominalDuration == .seconds(1))
        #expect(registry.makeHandler(named: "test", &section, context: Self.context)?.nominalDuration == .zero)
        #expect(registry.makeSource(named: "inbox", &section, context: Self.context) is TestInbox)
        #expect(registry.makeSource(named: "numbers", &section, context: Self.context) is NumberSource)
    }

    @Test("lets the last one have a name")
    func replace() {
        var registry = PluginRegistry()
        registry.register(handler: TestHandler.self)
        registry.register(handler: "test") { _, _ in TestHandler(nominalDuration: .seconds(9)) }
        var section = Self.section()
        #expect(registry.makeHandler(named: "test", &section, context: Self.context)?.nominalDuration == .seconds(9))
    }

    @Test("notes a fault of what is not there, with the nearest name")
    func missing() {
        var registry = PluginRegistry()
        registry.register(handler: TestHandler.self)
        let report = ConfigurationSection.Report()
        var section = Self.section(report)
        #expect(registry.makeHandler(named: "tset", &section, context: Self.context) == nil)
        #expect(report.faults.map(\.message) == ["plugin names no handler plugin: 'tset', did you mean 'test'?"])
    }

    private static let context = PluginContext(logger: Logger(label: "test"))

    private static func section(_ report: ConfigurationSection.Report = .init()) -> ConfigurationSection {
        ConfigurationSection(ConfigurationNode(.map([]), origin: .setting("test")), title: "test", report: report)
    }
}
