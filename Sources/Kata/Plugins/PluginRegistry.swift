/// The source and handler plugins that a configuration can name.
public struct PluginRegistry: Sendable {
    /// Makes a source from its section, where it notes faults.
    public typealias SourceFactory =
        @Sendable (_ configuration: inout ConfigurationSection, _ context: PluginContext) -> any JobSource
    /// Makes a handler from its section, where it notes faults.
    public typealias HandlerFactory =
        @Sendable (_ configuration: inout ConfigurationSection, _ context: PluginContext) -> any JobHandler

    private var sources: [String: SourceFactory] = [:]
    private var handlers: [String: HandlerFactory] = [:]
    private var middleware: [any JobMiddleware] = []
    /// Asked for plugins whose name is not registered. `nil` means that only registered plugins exist.
    public var finder: (any PluginFinder)?

    /// A registry without plugins, not even the built-in ones.
    public init() {}

    /// The names of the registered sources in alphabetical order, without what the finder could find.
    public var sourceNames: [String] { sources.keys.sorted() }
    /// The names of the registered handlers in alphabetical order, without what the finder could find.
    public var handlerNames: [String] { handlers.keys.sorted() }

    /// Adds a source under its ``Plugin/pluginName``, or replaces the source of that name.
    public mutating func register<Source: JobSource & Plugin>(source: Source.Type) {
        register(source: Source.pluginName) { Source(configuration: &$0, context: $1) }
    }

    /// Adds a source, or replaces the source of that name.
    public mutating func register(source name: String, make: @escaping SourceFactory) {
        sources[name] = make
    }

    /// Adds a handler under its ``Plugin/pluginName``, or replaces the handler of that name.
    public mutating func register<Handler: JobHandler & Plugin>(handler: Handler.Type) {
        register(handler: Handler.pluginName) { Handler(configuration: &$0, context: $1) }
    }

    /// Adds a handler, or replaces the handler of that name.
    public mutating func register(handler name: String, make: @escaping HandlerFactory) {
        handlers[name] = make
    }

    /// Puts a middleware around every handler that is made from here on. The middleware that was added first is the
    /// outermost.
    public mutating func add(middleware: any JobMiddleware) {
        self.middleware.append(middleware)
    }

    /// Makes the source of that name; `nil` if there is none, which is noted as a fault. An empty name stands for a
    /// missing one, which is a fault already.
    func makeSource(
        named name: String, _ section: inout ConfigurationSection, context: PluginContext
    ) -> (any JobSource)? {
        if let make = sources[name] { return make(&section, context) }
        if name.isEmpty { return nil }
        if let found = finder?.makeSource(named: name, &section, context: context) { return found }
        noteUnknown("source", name, among: sources.keys, &section, context)
        return nil
    }

    /// Makes the handler of that name, with the middleware around it; `nil` if there is none, which is noted as a
    /// fault. An empty name stands for a missing one, which is a fault already.
    package func makeHandler(
        named name: String, _ section: inout ConfigurationSection, context: PluginContext, isBare: Bool = false
    ) -> (any JobHandler)? {
        if let make = handlers[name] {
            let handler = make(&section, context)
            return isBare ? handler : wrap(handler)
        }
        if name.isEmpty { return nil }
        if let found = finder?.makeHandler(named: name, &section, context: context) { return wrap(found) }
        noteUnknown("handler", name, among: handlers.keys, &section, context)
        return nil
    }

    private func wrap(_ handler: any JobHandler) -> any JobHandler {
        middleware.reversed().reduce(handler) { MiddlewareHandler(middleware: $1, handler: $0) }
    }

    private func noteUnknown(
        _ kind: String, _ name: String, among known: some Sequence<String>, _ section: inout ConfigurationSection,
        _ context: PluginContext
    ) {
        // What is wrong with a path was said by the finder.
        if finder != nil && name.contains("/") { return }
        let names = known.sorted()
        let place = finder == nil ? "" : ", an executable in \(context.pluginsDirectory), or a path"
        let suggestion =
            nearest(to: name, in: names).map { "did you mean '\($0)'?" }
            ?? "expected one of \(names.joined(separator: ", "))\(place)"
        section.fault("plugin", "names no \(kind) plugin: '\(name)', \(suggestion)")
    }
}
