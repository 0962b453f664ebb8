/// A source or handler that a configuration can name: `consumer: { plugin: resize, width: 640 }`.
public protocol Plugin: Sendable {
    /// What a configuration writes under `plugin`, unless the type is registered under another name.
    static var pluginName: String { get }

    /// Reads the plugin's own keys, and no others: `plugin`, `interval` and `timeout` are read elsewhere. Faults are
    /// noted in the section, with the key and the line; a plugin from a faulty section is never used.
    init(configuration: inout ConfigurationSection, context: PluginContext)
}
