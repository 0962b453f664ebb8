import Kata
import KataSQLite
import KataTestSupport
import Logging
import ServiceLifecycle
import Testing

@testable import KataDaemon

@Suite("The service that checks a database after an unclean end", .timeLimit(.minutes(5)))
struct CrashCheckServiceTests {
    /// Is not shut down before the check has ended.
    private struct SlowServer: Service {
        let health: DatabaseHealth
        let hasBegun: Latch

        func run() async throws {
            hasBegun.open()
            try await gracefulShutdown()
            let hasEnded = try await eventually { if case .ended = health.check { true } else { false } }
            try #require(hasEnded)
        }
    }

    @Test("may end while the services before it are being shut down")
    func shutdown() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("kata.db")
        let store = try SQLiteJobStore(path: path)
        // So many that the shutdown begins first.
        try store.transaction { transaction in
            let run = try transaction.startRun(pipeline: "p", items: 300_000, at: .sampleStart)
            try transaction.add(
                items: (0..<300_000).map { "item \($0)" }, to: run.id, progress: .exhausted, at: .sampleStart)
        }
        let health = DatabaseHealth()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = SlowServer(health: health, hasBegun: Latch())
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(
                        service: CrashCheckService(
                            databasePath: path, reads: store.reads, health: health, logger: logger)),
                    .init(service: server),
                ], logger: logger))
        async let end: Void = group.run()
        try await server.hasBegun.wait()
        await group.triggerGracefulShutdown()
        try await end
        try store.close()
    }
}
