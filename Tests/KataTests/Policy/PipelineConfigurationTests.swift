import Logging
import Testing

@testable import Kata

@Suite("The configuration of a pipeline")
struct PipelineConfigurationTests {
    private static let kata = ConfigurationNode.map([
        "queue_size": .text("50"),
        "item_count": .text("100"),
        "worker_count": .text("12"),
        "producer": .map(["plugin": .text("numbers"), "interval": .text("10ms")]),
        "consumer": .map(["plugin": .text("test"), "duration": .text("100ms")]),
    ])

    @Test("is read from the least that a pipeline needs")
    func least() throws {
        let (configuration, faults) = Self.read(Self.kata)
        #expect(faults.isEmpty)
        let pipeline = try #require(configuration)
        #expect(pipeline.name == "kata")
        #expect([pipeline.queueSize, pipeline.itemCount, pipeline.workerCount] == [50, 100, 12])
        #expect(pipeline.interval == .milliseconds(10))
        #expect(pipeline.export == nil)
        #expect(pipeline.source is NumberSource)
        #expect(pipeline.handler is TestHandler)
        #expect(pipeline.estimate?.predicted == .milliseconds(1_090))
    }

    @Test("may have an export, and no interval")
    func optionalKeys() throws {
        let node = Self.kata.setting("export", to: .text("out.txt"))
            .setting("producer", to: .map(["plugin": .text("numbers"), "batch_size": .text("7")]))
        let (configuration, faults) = Self.read(node)
        #expect(faults.isEmpty)
        #expect(configuration?.export == "out.txt")
        #expect(configuration?.interval == .zero)
        #expect((configuration?.source as? NumberSource)?.batchSize == 7)
    }

    @Test("says what becomes of duplicates, and for how long one may be put off")
    func duplicates() {
        func read(_ word: String?, _ wait: String?) -> (policy: DuplicatePolicy?, faults: Int) {
            var node = Self.kata
            if let word { node = node.setting("on_duplicate", to: .text(word)) }
            if let wait { node = node.setting("max_wait", to: .text(wait)) }
            let (configuration, faults) = Self.read(node)
            return (configuration?.onDuplicate, faults.count)
        }
        #expect(read(nil, nil).policy == .keep)
        #expect(read("keep", nil).policy == .keep)
        #expect(read("replace", nil).policy == .replace)
        #expect(read("extend", "10m").policy == .extend(longestWait: .seconds(600)))
        for (word, wait) in [("extend", nil), ("replace", "1s"), ("add", nil)] as [(String, String?)] {
            #expect(read(word, wait).faults == 1, "\(word)")
        }
        #expect(read("extend", "10m").faults == 0)
    }

    @Test("has no estimate if its handler does not know how long it takes")
    func noEstimate() {
        let configuration = PipelineConfiguration(
            name: "p", queueSize: 1, itemCount: 1, workerCount: 1, source: NumberSource(), handler: TestHandler()
        )
        #expect(configuration.estimate == nil)
    }

    @Test(
        "takes its numbers up to their limits",
        arguments: [
            ("queue_size", "1"), ("queue_size", "1000000"), ("item_count", "0"), ("item_count", "100000000000"),
            ("worker_count", "1"), ("worker_count", "10000"),
        ]
    )
    func limits(key: String, value: String) {
        #expect(Self.read(Self.kata.setting(key, to: .text(value))).faults.isEmpty)
    }

    @Test(
        "refuses numbers beyond their limits",
        arguments: [
            ("queue_size", "0"), ("queue_size", "1000001"), ("item_count", "-1"), ("item_count", "1000000000001"),
            ("worker_count", "0"), ("worker_count", "10001"), ("worker_count", "9223372036854775808"),
        ]
    )
    func beyondLimits(key: String, value: String) {
        let faults = Self.read(Self.kata.setting(key, to: .text(value))).faults
        #expect(faults.count == 1)
        #expect(faults.first?.contains(": \(key) is '\(value)', expected a whole number from ") == true)
    }

    @Test("needs each of its keys", arguments: ["queue_size", "item_count", "worker_count", "producer", "consumer"])
    func missing(key: String) {
        let faults = Self.read(Self.kata.removing(key)).faults
        #expect(faults.count == 1)
        #expect(faults.first?.hasPrefix("f.yaml:1:1: pipeline 'kata' has no \(key), expected ") == true)
    }

    @Test(
        "names the plugin that was probably meant",
        arguments: [
            ("producer", "number", "plugin names no source plugin: 'number', did you mean 'numbers'?"),
            ("producer", "kafka", "plugin names no source plugin: 'kafka', expected one of broken, numbers"),
            ("consumer", "tset", "plugin names no handler plugin: 'tset', did you mean 'test'?"),
        ])
    func unknownPlugin(key: String, plugin: String, message: String) {
        let (configuration, faults) = Self.read(Self.kata.setting(key, to: .map(["plugin": .text(plugin)])))
        #expect(faults == ["f.yaml:1:9: \(message)"])
        #expect(configuration == nil)
    }

    @Test("needs to know its plugins", arguments: ["producer", "consumer"])
    func missingPlugin(key: String) {
        let (configuration, faults) = Self.read(Self.kata.setting(key, to: .map([:])))
        #expect(faults == ["f.yaml:1:1: the \(key) of pipeline 'kata' has no plugin, expected a text"])
        #expect(configuration == nil)
    }

    @Test(
        "refuses keys that a plugin does not know",
        arguments: [
            ("producer", "numbers", "intervall", "interval"), ("consumer", "test", "duratoin", "duration"),
        ])
    func unknownKey(section: String, plugin: String, key: String, nearest: String) {
        let node = ConfigurationNode.map(["plugin": .text(plugin), key: .text("1s")])
        let (configuration, faults) = Self.read(Self.kata.setting(section, to: node))
        #expect(
            faults == [
                "f.yaml:2:1: unknown key '\(key)' in the \(section) of pipeline 'kata', did you mean '\(nearest)'?"
            ])
        #expect(configuration != nil, "the other faults are still to be found")
    }

    @Test("needs maps for its producer and its consumer", arguments: ["producer", "consumer"])
    func pluginNoMap(key: String) {
        let faults = Self.read(Self.kata.setting(key, to: .text("sleep"))).faults
        #expect(faults == ["f.yaml:1:1: the \(key) of pipeline 'kata' is 'sleep', expected a map of keys and values"])
    }

    @Test("that is no map is one fault", arguments: [ConfigurationNode.text(""), .text("kata"), .list([])])
    func noMap(node: ConfigurationNode) {
        let (configuration, faults) = Self.read(node)
        #expect(configuration == nil)
        #expect(faults.count == 1, "\(faults)")
    }

    private static func read(_ node: ConfigurationNode) -> (configuration: PipelineConfiguration?, faults: [String]) {
        var registry = PluginRegistry()
        registry.register(source: NumberSource.self)
        registry.register(source: BrokenSource.self)
        registry.register(handler: TestHandler.self)
        let report = ConfigurationSection.Report()
        let configuration = PipelineConfiguration(
            name: "kata",
            node: node,
            report: report,
            registry: registry,
            context: PluginContext(logger: PipelineFixture.logger)
        )
        return (configuration, report.faults.map(\.description))
    }
}

extension ConfigurationNode {
    fileprivate func removing(_ key: String) -> ConfigurationNode {
        guard case .map(let entries) = value else { return self }
        return ConfigurationNode(.map(entries.filter { $0.key != key }), origin: origin)
    }
}
