public import Kata

extension PluginRegistry {
    /// The plugins that come with Kata.
    public static var builtIn: PluginRegistry {
        var registry = PluginRegistry()
        registry.finder = ExecutablePlugins()
        registry.register(source: RangeSource.self)
        registry.register(source: InboxSource.self)
        registry.register(source: LinesSource.self)
        registry.register(source: ScheduleSource.self)
        registry.register(source: SpoolSource.self)
        registry.register(handler: SleepHandler.self)
        registry.register(handler: ExecHandler.self)
        registry.register(handler: HTTPHandler.self)
        return registry
    }
}
