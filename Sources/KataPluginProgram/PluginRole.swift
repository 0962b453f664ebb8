import Kata
import Logging

/// What a program can be for the host, with how that is made.
struct PluginRole: Sendable {
    enum Kind: String, Sendable {
        case handler, source
    }

    let kind: Kind
    /// What it calls itself when it says hello.
    let name: String
    /// Makes it from its configuration, where it notes faults.
    let make: @Sendable (inout ConfigurationSection, PluginContext, HostOutput, Logger) -> any HostConversation

    /// - Parameter middleware: around the handler; the first is the outermost.
    static func handler(
        _ name: String, middleware: [any JobMiddleware], make: @escaping PluginRegistry.HandlerFactory
    ) -> PluginRole {
        var registry = PluginRegistry()
        for one in middleware { registry.add(middleware: one) }
        registry.register(handler: name, make: make)
        return PluginRole(kind: .handler, name: name) { [registry] section, context, output, logger in
            guard let handler = registry.makeHandler(named: name, &section, context: context) else {
                preconditionFailure("the handler was registered")
            }
            return HandlerConversation(handler, pipeline: context.pipeline, output: output, logger: logger)
        }
    }

    static func source(_ name: String, make: @escaping PluginRegistry.SourceFactory) -> PluginRole {
        PluginRole(kind: .source, name: name) { section, context, output, _ in
            let source = make(&section, context)
            if source.extent == .counted {
                section.report.add(
                    "the source's items are counted by item_count, which a plugin is not told; expected one that ends by itself, or never",
                    at: section.origin)
            }
            return SourceConversation(source, pipeline: context.pipeline, output: output)
        }
    }
}
