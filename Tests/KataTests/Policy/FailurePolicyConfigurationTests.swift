import Testing

@testable import Kata

@Suite("What a configuration says of jobs that fail")
struct FailurePolicyConfigurationTests {
    @Test("is nothing, and then there is no retry")
    func nothing() throws {
        let (pipeline, faults) = Self.read([:])
        #expect(faults.isEmpty)
        #expect(try #require(pipeline).failures == FailurePolicy(retry: nil, timeout: nil, interruptions: 3))
        #expect(pipeline?.uniqueFor == .zero)
    }

    @Test("is all there is to say")
    func full() throws {
        let retry = ConfigurationNode.map(["attempts": .text("7"), "backoff": .text("250ms"), "max": .text("1h")])
        let (pipeline, faults) = Self.read(
            ["retry": retry, "interruptions": .text("5"), "unique_for": .text("1h")],
            consumer: ["timeout": .text("90s")])
        #expect(faults.isEmpty)
        let policy = RetryPolicy(attempts: 7, backoff: .milliseconds(250), max: .seconds(3_600))
        #expect(
            try #require(pipeline).failures == FailurePolicy(retry: policy, timeout: .seconds(90), interruptions: 5))
        #expect(pipeline?.uniqueFor == .seconds(3_600))
    }

    @Test("is completed for a retry that says not everything")
    func partOfRetry() {
        #expect(
            Self.read(["retry": .map([:])]).pipeline?.failures.retry
                == RetryPolicy(attempts: 5, backoff: .seconds(1), max: .seconds(600)))
        #expect(
            Self.read(["retry": .map(["backoff": .text("1h")])]).pipeline?.failures.retry
                == RetryPolicy(attempts: 5, backoff: .seconds(3_600), max: .seconds(3_600)))
    }

    @Test(
        "is refused if it can't be",
        arguments: [
            ("attempts", "0", "a whole number from 1 to 1000"), ("attempts", "1001", "a whole number from 1 to 1000"),
            ("attempts", "many", "a whole number from 1 to 1000"),
            ("backoff", "1", "a duration of at most 365d, such as 10ms, 1.5s, 2m or 1h"),
            ("max", "-1s", "a duration of at most 365d, such as 10ms, 1.5s, 2m or 1h"),
            ("max", "500ms", "at least as long"), ("atempts", "3", "did you mean 'attempts'?"),
        ])
    func badRetry(key: String, value: String, expected: String) {
        let faults = Self.read(["retry": .map([key: .text(value)])]).faults
        #expect(faults.count == 1, "\(faults)")
        #expect(faults.first?.contains(expected) == true, "\(faults)")
    }

    @Test(
        "is refused if it is no map, or if interruptions are none", arguments: [("retry", "5"), ("interruptions", "0")])
    func bad(key: String, value: String) {
        #expect(Self.read([key: .text(value)]).faults.count == 1)
    }

    private static func read(
        _ keys: KeyValuePairs<String, ConfigurationNode>, consumer: KeyValuePairs<String, ConfigurationNode> = [:]
    ) -> (pipeline: PipelineConfiguration?, faults: [String]) {
        var node = ConfigurationNode.map([
            "queue_size": .text("50"), "item_count": .text("100"), "worker_count": .text("12"),
            "producer": .map(["plugin": .text("numbers")]),
        ])
        for (key, value) in keys { node = node.setting(key, to: value) }
        var handler = ConfigurationNode.map(["plugin": .text("test")])
        for (key, value) in consumer { handler = handler.setting(key, to: value) }
        var registry = PluginRegistry()
        registry.register(source: NumberSource.self)
        registry.register(handler: TestHandler.self)
        let report = ConfigurationSection.Report()
        let pipeline = PipelineConfiguration(
            name: "kata", node: node.setting("consumer", to: handler), report: report, registry: registry,
            context: PluginContext(logger: PipelineFixture.logger))
        return (pipeline, report.faults.map(\.description))
    }
}
