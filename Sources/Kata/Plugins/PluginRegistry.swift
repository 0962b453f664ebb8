/// The source and handler plugins that a configuration can name.
public struct PluginRegistry: Sendable {
    private var sources: [String: any JobSource.Type] = [:]
    private var handlers: [String: any JobHandler.Type] = [:]
    /// Asked for plugins that nobody registered.
    public var finder: (any PluginFinder)?

    public init() {}

    public var sourceNames: [String] { sources.keys.sorted() }
    public var handlerNames: [String] { handlers.keys.sorted() }

    /// Adds a source, or replaces the one of that name.
    public mutating func register(source: any JobSource.Type) {
        sources[source.pluginName] = source
    }

    /// Adds a handler, or replaces the one of that name.
    public mutating func register(handler: any JobHandler.Type) {
        handlers[handler.pluginName] = handler
    }

    /// Makes the source that the section's `plugin` names. `nil` if it names none; that is noted as a fault.
    func makeSource(_ section: inout ConfigurationSection, context: PluginContext) -> (any JobSource)? {
        let name = section.string("plugin")
        if let source = sources[name] { return source.init(configuration: &section, context: context) }
        if name.isEmpty { return nil }
        if let found = finder?.makeSource(named: name, &section, context: context) { return found }
        noteUnknown("source", name, among: sources.keys, &section, context)
        return nil
    }

    /// Makes the handler that the section's `plugin` names. `nil` if it names none; that is noted as a fault.
    func makeHandler(_ section: inout ConfigurationSection, context: PluginContext) -> (any JobHandler)? {
        let name = section.string("plugin")
        if let handler = handlers[name] { return handler.init(configuration: &section, context: context) }
        if name.isEmpty { return nil }
        if let found = finder?.makeHandler(named: name, &section, context: context) { return found }
        noteUnknown("handler", name, among: handlers.keys, &section, context)
        return nil
    }

    private func noteUnknown(
        _ kind: String, _ name: String, among known: some Sequence<String>, _ section: inout ConfigurationSection,
        _ context: PluginContext
    ) {
        // Of a path the finder has said what is wrong with it.
        if finder != nil && name.contains("/") { return }
        let names = known.sorted()
        let place = finder == nil ? "" : ", an executable in \(context.pluginsDirectory), or a path"
        let suggestion =
            nearest(to: name, in: names).map { "did you mean '\($0)'?" }
            ?? "expected one of \(names.joined(separator: ", "))\(place)"
        section.fault("plugin", "names no \(kind) plugin: '\(name)', \(suggestion)")
    }
}

/// Makes plugins that nobody registered, such as those that are files.
public protocol PluginFinder: Sendable {
    /// - Returns: `nil` if there is none of that name.
    func makeHandler(
        named name: String, _ section: inout ConfigurationSection, context: PluginContext
    ) -> (any JobHandler)?

    /// - Returns: `nil` if there is none of that name.
    func makeSource(
        named name: String, _ section: inout ConfigurationSection, context: PluginContext
    ) -> (any JobSource)?
}
