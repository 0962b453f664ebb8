import Foundation
import KataTestSupport
import Testing

@Suite("A daemon with handlers of its own", .timeLimit(.minutes(10)))
struct OwnDaemonTests {
    private static let daemon = Binaries.directory + "/greet-daemon"
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
    }

    @Test("does jobs with typed payloads, behind its middleware")
    func jobs() async throws {
        try workplace.writeInbox(consumer: "{ plugin: greet, language: german }")
        let daemon = try ChildProcess(
            Self.daemon, ["--config", "kata.yaml"], in: workplace.directory)
        try await workplace.waitForSocket()
        let greeted = try await workplace.submit([#"{"name": "Ada"}"#])[0]
        try await workplace.wait(for: greeted, toBe: "done")
        #expect(try await workplace.job(greeted).attempts?.last?.output == "Hallo, Ada!")
        let nameless = try await workplace.submit(["{}"])[0]
        try await workplace.wait(for: nameless, toBe: "failed")
        #expect(try await workplace.job(nameless).error == "the item has no 'name'")
        #expect(try await workplace.ctl("plugins").output.contains("greet     handler"))
        daemon.kill(SIGTERM)
        try await #expect(daemon.wait() == 0)
        #expect(daemon.standardError.contains("job done"))
        #expect(daemon.standardError.contains("attempt failed"))
    }

    @Test("does the jobs of a source of its own")
    func source() async throws {
        try workplace.write(
            """
            pipelines:
              hello:
                queue_size: 10
                worker_count: 4
                producer: { plugin: guests, count: 250 }
                consumer: { plugin: greet }
            """, to: "kata.yaml")
        let outcome = try await workplace.run(Self.daemon, ["--config", "kata.yaml", "--once"])
        #expect(outcome.code == 0)
        #expect(try await workplace.count("results") == 250)
        let last = try await workplace.query("SELECT output FROM attempts ORDER BY job_id DESC LIMIT 1")
        #expect(last == "Hello, guest 250!\n")
    }

    @Test("checks its configuration, with the key and the line")
    func check() async throws {
        try workplace.writeInbox(consumer: "{ plugin: greet, languag: german }")
        let outcome = try await workplace.run(
            Self.daemon, ["--config", "kata.yaml", "--check"])
        #expect(outcome.code == 78)
        #expect(outcome.errors.contains("unknown key 'languag' in the consumer of pipeline"))
        #expect(outcome.errors.contains("did you mean 'language'?"))
        #expect(outcome.errors.hasPrefix("kata.yaml:"))

        let help = try await workplace.run(Self.daemon, ["--help"])
        #expect(help.code == 0)
        #expect(help.output.contains("greet-daemon [--config"))
    }

    @Test("has the same handler in a process of its own, as a plugin")
    func plugin() async throws {
        let program = Binaries.directory + "/title-case"
        try workplace.writeInbox(consumer: "{ plugin: '\(program)', config: { locale: en } }")
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit([#"{"text": "hello wide world"}"#, "{}"])
            try await workplace.wait(for: ids[0], toBe: "done")
            #expect(try await workplace.job(ids[0]).attempts?.last?.output == "Hello Wide World")
            try await workplace.wait(for: ids[1], toBe: "failed")
            #expect(try await workplace.job(ids[1]).error == "the item has no 'text'")
        }
        let tried = try await workplace.control(
            "plugins", "test", program, "--item", #"{"text":"a"}"#, "--timeout", "5m")
        #expect(tried.code == 0, "\(tried.output)")
        let refused = try await workplace.control("plugins", "test", program, "--config", "{ local: en }")
        #expect(refused.code == 1)
        #expect(refused.errors.contains("config: unknown key 'local' in config, did you mean 'locale'?"))
    }
}
