/// The source and handler plugins that a configuration can name.
public struct PluginRegistry: Sendable {
    private var sources: [String: any JobSource.Type] = [:]
    private var handlers: [String: any JobHandler.Type] = [:]

    public init() {}

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
        choose("source", from: sources, &section)?.init(configuration: &section, context: context)
    }

    /// Makes the handler that the section's `plugin` names. `nil` if it names none; that is noted as a fault.
    func makeHandler(_ section: inout ConfigurationSection, context: PluginContext) -> (any JobHandler)? {
        choose("handler", from: handlers, &section)?.init(configuration: &section, context: context)
    }

    private func choose<Plugin>(_ kind: String, from plugins: [String: Plugin], _ section: inout ConfigurationSection)
        -> Plugin?
    {
        let name = section.string("plugin")
        if name.isEmpty || plugins[name] != nil { return plugins[name] }
        let names = plugins.keys.sorted()
        let suggestion =
            nearest(to: name, in: names).map { "did you mean '\($0)'?" }
            ?? "expected one of \(names.joined(separator: ", "))"
        section.fault("plugin", "names no \(kind) plugin: '\(name)', \(suggestion)")
        return nil
    }
}
