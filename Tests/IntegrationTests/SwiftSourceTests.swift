import Foundation
import KataTestSupport
import Testing

@Suite("A source in Swift, in a process of its own", .timeLimit(.minutes(10)))
struct SwiftSourceTests {
    private static let program = Binaries.directory + "/mischief"
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
    }

    private func write(_ config: String, isFinite: Bool = false) throws {
        try workplace.write(
            """
            pipelines:
              feed:
                queue_size: 10
                worker_count: 4
                interruptions: 1000
                producer: { plugin: '\(Self.program)', finite: \(isFinite), config: \(config) }
                consumer: { plugin: sleep, duration: 0 }
            """, to: "kata.yaml")
    }

    @Test("gives its items once each, with what it says of them, and ends")
    func ends() async throws {
        try write("{ count: 250 }", isFinite: true)
        let outcome = try await workplace.runDaemon("--once")
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("250 consumed"), "\(outcome.output)")
        #expect(
            try await workplace.query("SELECT count(DISTINCT item), max(CAST(item AS INTEGER)) FROM results")
                == "250 | 249\n")
        #expect(
            try await workplace.query("SELECT item, unique_key, tags FROM jobs WHERE priority = 7")
                == "0 | n0 | first\n")
    }

    @Test("loses nothing and gives nothing twice, however often the daemon is killed")
    func kills() async throws {
        try write("{ count: 2000 }", isFinite: true)
        for round in 1...3 {
            let daemon = try await workplace.startAnsweringDaemon()
            try await #require(eventually { try await workplace.count("jobs") >= 300 * round })
            try await workplace.crash(daemon)
        }
        try await workplace.withDaemon { _ in
            try await #require(eventually { try await workplace.count("runs WHERE finished_at IS NOT NULL") == 1 })
        }
        #expect(try await workplace.query("SELECT count(*), count(DISTINCT item) FROM results") == "2000 | 2000\n")
    }

    @Test("that waits for its next item ends with the daemon, and need not be killed")
    func waits() async throws {
        try write("{ count: 20, then: wait }")
        let daemon = try await workplace.startAnsweringDaemon()
        try await #require(eventually { try await workplace.count("results") == 20 })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
        #expect(!daemon.standardError.contains("was killed") && !daemon.standardError.contains("a plugin ended"))
        // And it goes on where it was.
        try write("{ count: 30, then: wait }")
        try await workplace.withDaemon { _ in
            try await #require(eventually { try await workplace.count("results") == 30 })
        }
        #expect(try await workplace.count("jobs") == 30)
    }

    @Test(
        "says what is wrong",
        arguments: [
            ("fail", "the well of feed is dry"),
            ("failed", "a plugin's source can't give a job that has failed already: unreadable"),
            ("faulty", "the job's priority is 1000, expected -100 to 100"),
        ])
    func fails(end: String, reason: String) async throws {
        try write("{ count: 5, then: \(end) }")
        try await workplace.withDaemon { daemon in
            try await #require(eventually { try await workplace.count("results") == 5 })
            try await #require(eventually { daemon.standardError.contains(reason) })
            #expect(try await workplace.ctl("status").output.contains(reason))
            #expect(!daemon.standardError.contains("a plugin ended"), "\(daemon.standardError)")
        }
    }

    @Test(
        "that is not what the configuration says of it is told of",
        arguments: [
            ("{ count: 5 }", false, "without 'finite: true' each end begins another run"),
            ("{ count: 5, then: wait }", true, "the items of a plugin never end"),
        ])
    func contradiction(config: String, isFinite: Bool, words: String) async throws {
        try write(config, isFinite: isFinite)
        try await workplace.withDaemon { daemon in
            try await #require(eventually { daemon.standardError.contains(words) })
        }
    }

    @Test("gives fewer items at a time where so many do not fit in a line")
    func large() async throws {
        try write("{ count: 5, then: large }")
        try await workplace.withDaemon { daemon in
            try await #require(eventually { try await workplace.count("results") == 25 })
            #expect(!daemon.standardError.contains("a plugin ended"), "\(daemon.standardError)")
        }
        #expect(try await workplace.query("SELECT count(DISTINCT item) FROM results") == "25\n")
    }

    @Test("is tried by kata-ctl plugins test, and refused where it is none")
    func tried() async throws {
        let good = try await workplace.control("plugins", "test", Self.program, "--source", "--config", "{ count: 3 }")
        #expect(good.code == 0, "\(good.output)\(good.errors)")
        let handler = try await workplace.control("plugins", "test", Binaries.directory + "/title-case", "--source")
        #expect(handler.code == 1)
        #expect(handler.errors.contains("this is a handler, and katad asks for a source"), "\(handler.errors)")
        let faulty = try await workplace.control("plugins", "test", Self.program, "--source", "--config", "{ cout: 3 }")
        #expect(faulty.code == 1)
        #expect(faulty.errors.contains("unknown key 'cout' in config, did you mean 'count'?"), "\(faulty.errors)")
    }
}
