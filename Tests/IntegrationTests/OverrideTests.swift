import Foundation
import KataTestSupport
import Testing

/// The command line goes before the environment, and that before the file.
@Suite("An override")
struct OverrideTests {
    private static let two = """
        pipelines:
          first:
            queue_size: 5
            item_count: 2
            worker_count: 1
            producer: { plugin: range }
            consumer: { plugin: sleep, duration: 0 }
          second:
            queue_size: 5
            item_count: 3
            worker_count: 1
            producer: { plugin: range }
            consumer: { plugin: sleep, duration: 0 }
        """

    @Test("of the database is taken from the nearest place that has one")
    func database() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0, top: "database: file.db")
        let variables = ["KATA_DATABASE": "variable.db"]
        func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: workplace.path(name)) }

        #expect(try await workplace.runDaemon("--once", "--database", "option.db", environment: variables).code == 0)
        #expect([exists("option.db"), exists("variable.db"), exists("file.db")] == [true, false, false])
        #expect(try await workplace.runDaemon("--once", environment: variables).code == 0)
        #expect([exists("variable.db"), exists("file.db")] == [true, false])
        #expect(try await workplace.runDaemon("--once").code == 0)
        #expect(exists("file.db"))
        #expect(!exists("kata.db"))
    }

    @Test("of the log level is taken from the nearest place that has one")
    func logLevel() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 1, interval: "0", duration: "0", top: "log_level: error")
        let variables = ["KATA_LOG_LEVEL": "info"]

        let option = try await workplace.runDaemon("--once", "--log-level", "debug", environment: variables)
        #expect(option.errors.contains("produced"))
        let variable = try await workplace.runDaemon("--once", environment: variables)
        #expect(!variable.errors.contains("produced"))
        #expect(variable.errors.contains("run started"))
        let file = try await workplace.runDaemon("--once")
        #expect(!file.errors.contains("run started"))
    }

    @Test("hides a faulty value behind it")
    func hidden() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0, top: "log_level: loud")
        let outcome = try await workplace.runDaemon(
            "--check", "--log-level", "info", environment: ["KATA_LOG_LEVEL": "louder"]
        )
        #expect((outcome.code, outcome.errors) == (0, ""))
    }

    @Test("that is an empty variable is none")
    func emptyVariable() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        #expect(try await workplace.runDaemon("--once", environment: ["KATA_DATABASE": ""]).code == 0)
        #expect(FileManager.default.fileExists(atPath: workplace.database))
    }

    @Test("of the figures is for the only pipeline")
    func onlyPipeline() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(interval: "0", duration: "0")
        let daemon = try workplace.startDaemon("--item-count", "7", "--worker-count", "3", "--queue-size", "4")
        try await workplace.waitForSocket()
        try await #require(eventually { try await workplace.status().pipelines[0].run?.finished == true })
        let pipeline = try await workplace.status().pipelines[0]
        #expect(pipeline.run?.items == 7)
        #expect(pipeline.consumers.map(\.id) == ["c1", "c2", "c3"])
        #expect(pipeline.queue.size == 4)
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("of the figures is for the pipeline that is named")
    func namedPipeline() async throws {
        let workplace = try Workplace()
        try workplace.write(Self.two, to: "kata.yaml")
        let outcome = try await workplace.runDaemon("--once", "--pipeline", "second", "--item-count", "9")
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("2 of 2 consumed"))
        #expect(outcome.output.contains("9 of 9 consumed"))
    }

    @Test("for one of several pipelines needs its name")
    func severalPipelines() async throws {
        let workplace = try Workplace()
        try workplace.write(Self.two, to: "kata.yaml")
        let outcome = try await workplace.runDaemon("--check", "--item-count", "9")
        #expect(outcome.code != 0)
        #expect(
            outcome.errors
                == "--item-count: there are several pipelines, expected --pipeline with one of first, second\n"
        )
    }

    @Test("for a pipeline that is not there is refused with the nearest name")
    func unknownPipeline() async throws {
        let workplace = try Workplace()
        try workplace.write(Self.two, to: "kata.yaml")
        let outcome = try await workplace.runDaemon("--check", "--pipeline", "secnd", "--item-count", "9")
        #expect(outcome.code != 0)
        #expect(outcome.errors == "--pipeline: there is no pipeline 'secnd', did you mean 'second'?\n")
    }

    @Test(
        "that is faulty is refused by the name of its option or variable",
        arguments: [
            (["--queue-size", "x"], [:], "--queue-size: queue_size is 'x', expected a whole number from 1 to 1000000"),
            (
                ["--item-count=-1"], [:],
                "--item-count: item_count is '-1', expected a whole number from 0 to 100000000000"
            ),
            (
                ["--worker-count", "10001"], [:],
                "--worker-count: worker_count is '10001', expected a whole number from 1 to 10000"
            ),
            (
                [], ["KATA_DRAIN_TIMEOUT": "soon"],
                "$KATA_DRAIN_TIMEOUT: drain_timeout is 'soon', expected a duration of at most 365d, such as 10ms, 1.5s, 2m or 1h"
            ),
        ] as [([String], [String: String], String)])
    func faulty(arguments: [String], variables: [String: String], line: String) async throws {
        let workplace = try Workplace()
        try workplace.writeKata()
        let all = ["--config", "kata.yaml", "--check"] + arguments
        let outcome = try await workplace.run(Binaries.katad, all, environment: variables)
        #expect(outcome.code != 0)
        #expect(outcome.errors == line + "\n")
    }

    @Test("of the configuration's place is taken from the option, then from the variable")
    func configuration() async throws {
        let workplace = try Workplace()
        try workplace.write(Self.two, to: "variable.yaml")
        try workplace.writeKata()
        let variables = ["KATA_CONFIG": "variable.yaml"]
        let option = try await workplace.runDaemon("--check", environment: variables)
        #expect(option.output == "kata.yaml: valid, 1 pipeline\n")
        let variable = try await workplace.run(Binaries.katad, ["--check"], environment: variables)
        #expect(variable.output == "variable.yaml: valid, 2 pipelines\n")
    }

    @Test("of the directories comes from the service manager")
    func directories() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        for name in ["state", "runtime"] {
            try FileManager.default.createDirectory(atPath: workplace.path(name), withIntermediateDirectories: false)
        }
        let daemon = try workplace.startDaemon(
            environment: ["STATE_DIRECTORY": workplace.path("state"), "RUNTIME_DIRECTORY": workplace.path("runtime")]
        )
        let socket = workplace.path("runtime/kata.sock")
        try await #require(eventually { FileManager.default.fileExists(atPath: socket) })
        #expect(FileManager.default.fileExists(atPath: workplace.path("state/kata.db")))
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("that is no option ends in a usage error", arguments: [["--bogus"], ["--queue-size"], ["extra"]])
    func usage(arguments: [String]) async throws {
        let workplace = try Workplace()
        let outcome = try await workplace.run(Binaries.katad, ["--config", "kata.yaml"] + arguments)
        #expect(outcome.code == 64)
        #expect(outcome.errors.hasPrefix("Error: "))
    }
}
