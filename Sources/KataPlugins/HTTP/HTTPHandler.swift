public import Kata

/// Sends each job to a URL.
///
/// The handler reads and checks the configuration, and leaves the sending to the program kata-http, a plugin of Kata's
/// own in a process of its own: whatever a server answers, only that process has to bear it.
public struct HTTPHandler: JobHandler, Plugin {
    /// In the configuration: `consumer: { plugin: http }`.
    public static let pluginName = "http"
    /// The file's name of the program that sends the requests.
    static let programName = "kata-http"

    private let plugin: PluginHandler

    /// Reads the handler's keys. That there is no kata-http is a fault, too; it is not started before the first job.
    public init(configuration section: inout ConfigurationSection, context: PluginContext) {
        self.init(configuration: &section, context: context, program: CompanionProgram(Self.programName))
    }

    init(configuration section: inout ConfigurationSection, context: PluginContext, program: CompanionProgram) {
        let configuration = HTTPConfiguration(&section)
        let path = program.path
        if path == nil {
            let places = program.places.map { "'\($0)'" }.joined(separator: " or ")
            section.fault(
                "plugin", "is '\(Self.pluginName)', whose program \(program.name) is missing, expected it at \(places)")
        }
        plugin = PluginHandler(
            PluginSettings(
                companion: Self.pluginName, path: path ?? program.name, kind: .handler, config: configuration.config,
                pipeline: context.pipeline),
            failureKind: .http, context: context)
    }

    /// Has a job sent, and keeps the server's answer.
    ///
    /// - Throws: ``JobFailure`` as the answer's status says; `CancellationError`.
    public func handle(_ job: Job, in context: JobContext) async throws {
        try await plugin.handle(job, in: context)
    }

    /// What the processes of kata-http are doing.
    public var status: PluginStatus? { plugin.status }

    /// Has no job wait any more for a process that does not start.
    public func drainBegan() { plugin.drainBegan() }

    /// Ends the processes of kata-http. Returns when they have ended.
    public func stop() async { await plugin.stop() }
}
