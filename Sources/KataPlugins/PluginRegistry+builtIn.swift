public import Kata

extension PluginRegistry {
    /// A registry with the plugins that come with Kata, which also finds executables.
    public static var builtIn: PluginRegistry {
        var registry = PluginRegistry()
        registry.finder = PluginDirectory()
        registry.register(source: RangeSource.self)
        registry.register(source: InboxSource.self)
        registry.register(source: LinesSource.self)
        registry.register(source: ScheduleSource.self)
        registry.register(source: SpoolSource.self)
        registry.register(handler: SleepHandler.self)
        registry.register(handler: ExecHandler.self)
        registry.register(handler: CommandHandler.self)
        registry.register(handler: HTTPHandler.self)
        return registry
    }
}
