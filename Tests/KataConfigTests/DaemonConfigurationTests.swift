import Glibc
import Kata
import KataTestSupport
import Logging
import Testing

@testable import KataConfig

@Suite("A daemon's configuration")
struct DaemonConfigurationTests {
    private struct Source: JobSource, Plugin {
        static let pluginName = "numbers"
        init(configuration: inout ConfigurationSection, context: PluginContext) {}
        func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
            SourceBatch(items: [], progress: .exhausted)
        }
    }

    private struct Handler: JobHandler, Plugin {
        static let pluginName = "nothing"
        init(configuration: inout ConfigurationSection, context: PluginContext) {}
        func handle(_ job: Job, in context: JobContext) async throws {}
    }

    private static let least = """
        pipelines:
          kata:
            queue_size: 50
            item_count: 100
            worker_count: 12
            producer: { plugin: numbers }
            consumer: { plugin: nothing }
        """

    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("has a default for everything that is not said")
    func defaults() throws {
        let configuration = try read(Self.least)
        #expect(configuration.socket == "/run/kata/kata.sock")
        #expect(configuration.database == .file("/var/lib/kata/kata.db"))
        #expect(configuration.logLevel == .info)
        #expect(configuration.drainTimeout == .seconds(30))
        let pipeline = configuration.pipelines[0].configuration
        #expect([pipeline.queueSize, pipeline.itemCount, pipeline.workerCount] == [50, 100, 12])
        #expect(pipeline.interval == .zero && pipeline.export == nil && pipeline.failures == FailurePolicy())
    }

    @Test("takes values from the command line before those of the environment, and these before the file's")
    func overrides() throws {
        var overrides = ConfigurationOverrides(
            environment: ["KATA_SOCKET": "/tmp/environment", "KATA_LOG_LEVEL": "debug", "KATA_DATABASE": ""])
        overrides.daemon.append(.init(key: "socket", text: "/tmp/option", source: "--socket"))
        overrides.pipeline = [.init(key: "worker_count", text: "3", source: "--worker-count")]
        let configuration = try read("socket: /tmp/file\nlog_level: error\n" + Self.least, overrides)
        #expect(configuration.socket == "/tmp/option")
        #expect(configuration.logLevel == .debug)
        #expect(configuration.database == .file("/var/lib/kata/kata.db"), "an empty variable says nothing")
        #expect(configuration.pipelines[0].configuration.workerCount == 3)
    }

    @Test("tells every fault, each at its place and with what was expected")
    func faults() throws {
        let text = """
            log_level: loud
            drain_timout: 1s
            pipelines:
              "a b":
                queue_size: 0
                item_count: 1
                worker_count: 12
                producer: { plugin: nombers }
                consumer: { plugin: nothing }
            """
        let faults = try #require(throws: ConfigurationFaults.self) { try read(text) }
        #expect(
            faults.faults.map { "\($0)".replacing(directory.path("kata.yaml"), with: "kata.yaml") } == [
                "kata.yaml:1:12: log_level is 'loud', "
                    + "expected one of trace, debug, info, notice, warning, error, critical",
                "kata.yaml:2:1: unknown key 'drain_timout' in the configuration, did you mean 'drain_timeout'?",
                "kata.yaml:4:3: 'a b' can't name a pipeline, expected 1 to 64 letters, digits, '_', '.' or '-'",
                "kata.yaml:5:17: queue_size is '0', expected a whole number from 1 to 1000000",
                "kata.yaml:8:25: plugin names no source plugin: 'nombers', did you mean 'numbers'?",
            ])
    }

    @Test(
        "tells what is wrong with a text that is no such YAML",
        arguments: [
            ("", "the file is empty"), ("a: [", "expected valid YAML"), ("a: 1\na: 2", "is there twice"),
            ("[1]: 2", "a key is a list or a map"), (String(repeating: "[", count: 2_000), "nested too deeply"),
        ])
    func noYAML(text: String, reason: String) throws {
        let faults = try #require(throws: ConfigurationFaults.self) { try read(text) }
        #expect(faults.faults.count == 1 && "\(faults)".contains(reason), "\(faults)")
    }

    @Test("merges maps where << says so, the map's own keys first, and then the first of a list")
    func merge() throws {
        let text = """
            x-defaults: &defaults { queue_size: 5, worker_count: 2, item_count: 1 }
            x-more: &more
              worker_count: 9
              producer: { plugin: numbers }
              consumer: { plugin: nothing }
            pipelines:
              a:
                <<: [*defaults, *more]
                queue_size: 7
              b:
                <<: *more
                queue_size: 1
                item_count: 0
            """
        let pipelines = try read(text).pipelines.map(\.configuration)
        #expect(pipelines.map(\.queueSize) == [7, 1] && pipelines.map(\.workerCount) == [2, 9])
        #expect(pipelines.map(\.itemCount) == [1, 0])
    }

    @Test(
        "tells what can't be merged, where it stands",
        arguments: [
            ("<<: 5", "<< is a text, expected a map such as *defaults"),
            ("<<: [{ a: 1 }, b]", "<< has a text in it, expected maps such as [*defaults, *more]"),
            ("\"<<\": { queue_size: 1 }", "unknown key '<<' in the configuration"),
            ("<<: { x: 1 }", "unknown key 'x' in the configuration"),
        ])
    func mergeFault(line: String, reason: String) throws {
        let faults = try #require(throws: ConfigurationFaults.self) { try read(line + "\n" + Self.least) }
        #expect(faults.faults.contains { $0.message.hasPrefix(reason) }, "\(faults)")
        #expect(faults.faults.allSatisfy { "\($0)".contains("kata.yaml:1:") })
    }

    @Test(
        "names a tab that indents a line",
        arguments: [
            ("a:\n\tb: 1\n", 2, 1), ("a:\n  b: 1\n  \tc: 1\n", 3, 3), ("a:\n  b: 1\n\t\tc: 1\n", 3, 1),
            ("a:\r\n\tb: 1\r\n", 2, 1), ("a: 1\n \tb: 2\n", 2, 2),
        ])
    func tab(text: String, line: Int, column: Int) throws {
        let faults = try #require(throws: ConfigurationFaults.self) { try read(text) }
        #expect(
            "\(faults)".hasSuffix("kata.yaml:\(line):\(column): a tab indents the line, expected blanks"), "\(faults)")
    }

    @Test("takes ~/ for the home directory, and no variables, in each of its paths")
    func paths() throws {
        let home = try #require(getenv("HOME").map { String(cString: $0) })
        let text = "database: ~/no/kata.db\nsocket: ~/kata.sock\nplugins_directory: ~/plugins\n" + Self.least
        let configuration = try read(text)
        #expect(configuration.socket == "\(home)/kata.sock" && configuration.pluginsDirectory == "\(home)/plugins")
        #expect(configuration.database.shown.hasSuffix("/no/kata.db") && !configuration.database.shown.contains("~"))
        let refused = try #require(throws: ConfigurationFaults.self) {
            try read(
                "database: $X/a\nsocket: $X/b\nplugins_directory: $X/c\n" + Self.least + "\n    export: $X/d\n")
        }
        let isAll = refused.faults.allSatisfy { $0.message.contains("no variable is put in the place of a $") }
        #expect(refused.faults.count == 4 && isAll, "\(refused)")
    }

    @Test("asks which pipeline is meant if there are several, and knows the nearest name")
    func severalPipelines() throws {
        let text =
            Self.least
            + Self.least.split(separator: "\n").dropFirst().map { "\n" + $0 }.joined()
            .replacing("kata:", with: "mail:")
        var overrides = ConfigurationOverrides()
        overrides.pipeline = [.init(key: "worker_count", text: "3", source: "--worker-count")]
        let ambiguous = try #require(throws: ConfigurationFaults.self) { try read(text, overrides) }
        #expect(
            "\(ambiguous)" == "--worker-count: there are several pipelines, expected --pipeline with one of kata, mail")
        overrides.pipelineName = "mial"
        let unknown = try #require(throws: ConfigurationFaults.self) { try read(text, overrides) }
        #expect("\(unknown)" == "--pipeline: there is no pipeline 'mial', did you mean 'mail'?")
        overrides.pipelineName = "mail"
        try #expect(read(text, overrides).pipelines.map(\.configuration.workerCount) == [12, 3])
    }

    @Test("refuses an export in the place of another of the daemon's files", arguments: ["kata.db-wal", "kata.yaml"])
    func export(name: String) throws {
        let path = directory.path(name)
        let text = "database: \(directory.path("kata.db"))\n" + Self.least + "\n    export: \(path)"
        let faults = try #require(throws: ConfigurationFaults.self) { try read(text) }
        #expect("\(faults)".hasSuffix("which is another file of this daemon, expected one of its own"), "\(faults)")
    }

    @Test(
        "refuses an export in the place of what is no export",
        arguments: [("notes", true), ("c1 | 0\n", false), ("", false)])
    func exportOfOthers(content: String, isRefused: Bool) throws {
        try directory.write(content, to: "out")
        let text = Self.least + "\n    export: \(directory.path("out"))"
        guard isRefused else {
            _ = try read(text)
            return
        }
        let faults = try #require(throws: ConfigurationFaults.self) { try read(text) }
        #expect("\(faults)".contains("which holds something else than results"), "\(faults)")
    }

    @Test("knows the group that may read the database by its name")
    func databaseGroup() throws {
        #expect(try read(Self.least).databaseGroup == nil)
        #expect(try read("database_group: root\n" + Self.least).databaseGroup == 0)
        let faults = try #require(throws: ConfigurationFaults.self) {
            try read("database_group: no-such\n" + Self.least)
        }
        #expect("\(faults)".contains("database_group is 'no-such', which is no group of this system"), "\(faults)")
    }

    @Test("reads the socket's mode as chmod does, in quotes or not", arguments: ["0660", "660", "'0660'", "\"660\""])
    func socketMode(_ text: String) throws {
        #expect(try read(Self.least).socketMode == 0o600)
        #expect(try read("socket_mode: \(text)\n" + Self.least).socketMode == 0o660)
    }

    @Test(
        "refuses a mode for the socket that shuts out its owner, or is none",
        arguments: ["0060", "0o660", "66", "01660", "rw"])
    func noSocketMode(_ text: String) throws {
        let faults = try #require(throws: ConfigurationFaults.self) { try read("socket_mode: \(text)\n" + Self.least) }
        #expect("\(faults)".contains("socket_mode is '\(text)', expected permissions such as 0660"), "\(faults)")
    }

    @Test(
        "has a dashboard if it is asked for, at the hosts that are given",
        arguments: [
            ("", nil), ("ui: false\n", nil), ("ui: true\n", []),
            (
                "ui: { hosts: [kata.example.org, 192.0.2.1, '::1', '[2001:db8::1]', Box] }\n",
                ["kata.example.org", "192.0.2.1", "::1", "[2001:db8::1]", "Box"]
            ),
        ] as [(String, [String]?)])
    func dashboard(_ text: String, hosts: [String]?) throws {
        #expect(try read(text + Self.least).dashboard?.hosts == hosts)
    }

    @Test(
        "refuses a dashboard that is no word and no list of hosts",
        arguments: [
            ("yes", "ui is 'yes', expected true or false"),
            ("{ hosts: [] }", "hosts is a list, expected a list of names"),
            ("{ hosts: ['kata.example.org:80'] }", "hosts has 'kata.example.org:80' in it, expected a list of names"),
            ("{ hosts: ['*'] }", "hosts has '*' in it"), ("{ host: [a] }", "did you mean 'hosts'?"),
            ("{}", "expected a list of names such as kata.example.org, without ports"),
        ])
    func noDashboard(_ text: String, fault: String) throws {
        let faults = try #require(throws: ConfigurationFaults.self) { try read("ui: \(text)\n" + Self.least) }
        #expect("\(faults)".contains(fault), "\(faults)")
    }

    @Test(
        "offers metrics at an address of this machine",
        arguments: [
            ("127.0.0.1:9464", "127.0.0.1:9464"), ("127.8.9.1:1", "127.8.9.1:1"),
            ("localhost:65535", "127.0.0.1:65535"),
            ("'[::1]:9464'", "[::1]:9464"), ("'[::ffff:127.0.0.1]:80'", "127.0.0.1:80"),
        ])
    func metrics(_ text: String, place: String) throws {
        #expect(try read("metrics: { listen: \(text) }\n" + Self.least).metrics?.description == place)
        #expect(try read(Self.least).metrics == nil)
    }

    @Test(
        "refuses metrics at any other address",
        arguments: [
            ("0.0.0.0:9464", "which others can reach"), ("192.168.1.1:9464", "which others can reach"),
            ("'[::]:9464'", "which others can reach"), ("':9464'", "expected an address and a port"),
            ("127.0.0.1", "expected an address and a port"), ("127.0.0.1:0", "expected an address and a port"),
            ("127.0.0.1:65536", "expected an address and a port"), ("127.0.0.1:+80", "expected an address and a port"),
            ("'::1:9464'", "expected an address and a port"), ("kata:9464", "expected an address and a port"),
            ("''", "listen is"),
        ])
    func noMetrics(_ text: String, fault: String) throws {
        let faults = try #require(throws: ConfigurationFaults.self) {
            try read("metrics: { listen: \(text) }\n" + Self.least)
        }
        #expect("\(faults)".contains(fault), "\(faults)")
    }

    private func read(
        _ text: String, _ overrides: ConfigurationOverrides = ConfigurationOverrides()
    ) throws -> DaemonConfiguration {
        let path = directory.path("kata.yaml")
        try directory.write(text, to: "kata.yaml")
        var registry = PluginRegistry()
        registry.register(source: Source.self)
        registry.register(handler: Handler.self)
        let paths = DefaultPaths(
            environment: ["STATE_DIRECTORY": "/var/lib/kata", "RUNTIME_DIRECTORY": "/run/kata:/run/other"])
        return try DaemonConfiguration(
            path: path, overrides: overrides, paths: paths, registry: registry,
            context: PluginContext(logger: Logger(label: "test")), databaseFiles: { [$0, $0 + "-wal"] })
    }
}
