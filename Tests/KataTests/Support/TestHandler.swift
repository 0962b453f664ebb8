import Kata
import KataTestSupport

/// Notes each job and does what the test says.
struct TestHandler: JobHandler, Plugin {
    static let pluginName = "test"

    let handled = Notes<Job>()
    var nominalDuration: Duration?
    private let body: @Sendable (Job) async throws -> Void

    init(nominalDuration: Duration? = nil, _ body: @escaping @Sendable (Job) async throws -> Void = { _ in }) {
        self.nominalDuration = nominalDuration
        self.body = body
    }

    /// Holds each job at the gate of its item.
    init(gates: Gates) {
        self.init { try await gates.pass($0.item) }
    }

    init(configuration: inout ConfigurationSection, context: PluginContext) {
        self.init(nominalDuration: configuration.duration("duration", default: .zero))
    }

    func handle(_ job: Job, in context: JobContext) async throws {
        handled.add(job)
        try await body(job)
    }
}
