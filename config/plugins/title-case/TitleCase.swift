import Foundation
import Kata
import KataPluginProgram

// A plugin in Swift: keeps a text with its words capitalised as the job's output. Jobs look like
// {"text": "hello world"}.
//
//     consumer: { plugin: title-case, config: { locale: de } }

@main
struct TitleCase: PayloadHandler, Plugin {
    struct Payload: Decodable, Sendable {
        var text: String
    }

    static let pluginName = "title-case"

    private let locale: Locale

    init(configuration: inout ConfigurationSection, context: PluginContext) {
        locale = Locale(identifier: configuration.string("locale", default: "en"))
    }

    func handle(_ payload: Payload, of job: Job, in context: JobContext) async throws {
        if payload.text.isEmpty { throw JobFailure("there is no text", retry: .never) }
        context.keep(output: payload.text.capitalized(with: locale))
    }

    static func main() {
        PluginProgram.main(handler: TitleCase.self, version: "1.0", concurrency: 100)
    }
}
