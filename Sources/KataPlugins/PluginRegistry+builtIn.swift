public import Kata

extension PluginRegistry {
    /// The plugins that come with Kata.
    public static var builtIn: PluginRegistry {
        var registry = PluginRegistry()
        registry.register(source: RangeSource.self)
        registry.register(handler: SleepHandler.self)
        return registry
    }
}
