public import Kata

/// Greets whom its jobs name: `{"name": "Ada"}`.
public struct Greeting: PayloadHandler, Plugin {
    public enum Language: String, CaseIterable, Sendable { case english, german }

    public struct Payload: Codable, Sendable {
        public var name: String

        public init(name: String) {
            self.name = name
        }
    }

    public static let pluginName = "greet"
    private let language: Language

    /// Reads `language`, `english` or `german`.
    public init(configuration: inout ConfigurationSection, context: PluginContext) {
        language = configuration.choice("language", default: .english)
    }

    public func handle(_ payload: Payload, of job: Job, in context: JobContext) async throws {
        if payload.name.isEmpty { throw JobFailure("there is nobody to greet", retry: .never) }
        context.keep(output: language == .english ? "Hello, \(payload.name)!" : "Hallo, \(payload.name)!")
    }
}
