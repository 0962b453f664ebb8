import Kata

struct Greeting: PayloadHandler, Plugin {
    enum Language: String, CaseIterable { case english, german }
    struct Payload: Codable { var name: String }

    static let pluginName = "greet"
    private let language: Language

    init(configuration: inout ConfigurationSection, context: PluginContext) {
        language = configuration.choice("language", default: .english)
    }

    func handle(_ payload: Payload, of job: Job, in context: JobContext) async throws {
        if payload.name.isEmpty { throw JobFailure("there is nobody to greet", retry: .never) }
        context.keep(output: language == .english ? "Hello, \(payload.name)!" : "Hallo, \(payload.name)!")
    }
}
