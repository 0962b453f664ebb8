import Kata
import KataControl
import KataPlugins

extension DaemonControl {
    /// Those that pipelines use, and those besides that could be used.
    func plugins() -> PluginsDocument {
        let directory = engine.pluginsDirectory
        var plugins: [PluginsDocument.Plugin] = []
        for pipeline in engine.pipelines {
            plugins.append(plugin(pipeline.configuration.source, of: pipeline.name))
            plugins.append(plugin(pipeline.configuration.handler, of: pipeline.name))
        }
        let registry = PluginRegistry.builtIn
        let used = Set(plugins.map(\.name))
        for (kind, names) in [("source", registry.sourceNames), ("handler", registry.handlerNames)] {
            plugins += names.filter { !used.contains($0) }.map { .init(name: $0, kind: kind, origin: "built in") }
        }
        plugins += ExecutablePlugins.names(in: directory).filter { !used.contains($0) }.map {
            .init(name: $0, kind: nil, origin: "\(directory)/\($0)")
        }
        return PluginsDocument(directory: directory, plugins: plugins)
    }

    private func plugin(_ source: any JobSource, of pipeline: String) -> PluginsDocument.Plugin {
        source.status.map { .init($0, kind: "source", pipeline: pipeline) }
            ?? .init(name: type(of: source).pluginName, kind: "source", origin: "built in", pipeline: pipeline)
    }

    private func plugin(_ handler: any JobHandler, of pipeline: String) -> PluginsDocument.Plugin {
        handler.status.map { .init($0, kind: "handler", pipeline: pipeline) }
            ?? .init(name: type(of: handler).pluginName, kind: "handler", origin: "built in", pipeline: pipeline)
    }
}
