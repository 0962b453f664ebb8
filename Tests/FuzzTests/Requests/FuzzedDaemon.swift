import Kata
import KataSQLite
import KataServer
import KataTestSupport
import Logging
import ServiceLifecycle

@testable import KataConfig
@testable import KataDaemon
@testable import KataPlugins

/// All of a daemon that requests reach, in this process: the server with its socket, the pipelines and the store.
enum FuzzedDaemon {
    private static let configuration = """
        drain_timeout: 1s
        pipelines:
          mail:
            queue_size: 50
            worker_count: 2
            producer: { plugin: inbox }
            consumer: { plugin: sleep, duration: 0s }
          held:
            queue_size: 5
            worker_count: 1
            producer: { plugin: inbox }
            consumer: { plugin: sleep, duration: 1h }
          numbers:
            queue_size: 5
            item_count: 20
            worker_count: 2
            producer: { plugin: range }
            consumer: { plugin: sleep, duration: 0s }
        """

    /// Gives `body` the path of the socket of a daemon with a store of its own, and ends it afterwards.
    ///
    /// A request to drain is answered, and the daemon goes on: all further ones would be refused.
    static func with<Result>(_ body: (_ socket: String) async throws -> Result) async throws -> Result {
        let directory = try TemporaryDirectory()
        try directory.write(Self.configuration, to: "kata.yaml")
        let logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
        let configuration = try DaemonConfiguration(
            path: directory.path("kata.yaml"), paths: DefaultPaths(environment: [:]), registry: .builtIn,
            context: PluginContext(logger: logger), databaseFiles: { [$0] })
        let store = try SQLiteJobStore(path: directory.path("kata.db"))
        let recorder = Recorder(store: store, logger: logger)
        let engine = try await Engine(
            configuration: configuration, mode: .untilDrained, store: store, recorder: recorder, logger: logger)
        let socket = try ControlSocket(path: directory.path("kata.sock"))
        let isListening = Latch()
        let control = DaemonControl(
            engine: engine, plugins: .builtIn, recorder: recorder, records: store,
            database: .file(directory.path("kata.db")), onDrain: {})
        ServerDescriptors.raiseLimit()
        let server = ControlServer(socket: socket, service: control, logger: logger) { isListening.open() }
        let services = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: recorder), .init(service: server),
                    .init(service: engine, successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                logger: logger))
        let running = Task { try await services.run() }
        try await isListening.wait()
        do {
            let result = try await body(socket.path)
            try await end(engine, running)
            try store.close()
            return result
        } catch {
            try? await end(engine, running)
            throw error
        }
    }

    /// The other services end with the engine.
    private static func end(_ engine: Engine, _ running: Task<Void, any Error>) async throws {
        engine.giveUp()
        try await running.value
    }
}
