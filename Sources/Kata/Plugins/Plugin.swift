/// A source or handler that a configuration can name: `consumer: { plugin: resize, width: 640 }`.
public protocol Plugin: Sendable {
    /// The name under `plugin`, unless it is registered under another one.
    static var pluginName: String { get }

    /// Reads the plugin's own keys. Faults are noted in the section, with the key and the line.
    init(configuration: inout ConfigurationSection, context: PluginContext)
}
