import Kata
import KataAPI
import KataPlugins

extension DaemonControl {
    /// The plugins that pipelines use, and then the plugins that a configuration could name besides.
    func plugins() -> PluginsDocument {
        let directory = engine.pluginsDirectory
        var plugins: [PluginsDocument.Plugin] = []
        for pipeline in engine.pipelines {
            let configuration = pipeline.configuration
            let names = configuration.pluginNames
            plugins.append(plugin(names.source, "source", configuration.source.status, of: pipeline.name))
            plugins.append(plugin(names.handler, "handler", configuration.handler.status, of: pipeline.name))
        }
        let used = plugins
        func isUsed(_ name: String, _ kind: String? = nil) -> Bool {
            used.contains { $0.name == name && (kind == nil || $0.kind == kind) }
        }
        for (kind, names) in [("source", registry.sourceNames), ("handler", registry.handlerNames)] {
            plugins += names.filter { !isUsed($0, kind) }.map { .init(name: $0, kind: kind, origin: "built in") }
        }
        plugins += PluginDirectory.names(in: directory).filter { !isUsed($0) }.map {
            .init(name: $0, kind: nil, origin: "\(directory)/\($0)")
        }
        return PluginsDocument(directory: directory, plugins: plugins)
    }

    private func plugin(
        _ name: String, _ kind: String, _ status: PluginStatus?, of pipeline: String
    ) -> PluginsDocument.Plugin {
        status.map { .init($0, kind: kind, pipeline: pipeline) }
            ?? .init(name: name, kind: kind, origin: "built in", pipeline: pipeline)
    }
}
