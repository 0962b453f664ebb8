public import KataAPI

/// The sources and handlers that there are.
public struct PluginsPage: DashboardPage {
    struct Plugin: Sendable {
        let name: String
        let kind: String
        let state: String
        let mark: String
        let pipeline: String?
        let processes: String
        let restarts: String
        let problem: String?
        let origin: String
    }

    public let frame: PageFrame
    public let template = "plugins"
    public let regions = [PageRegion("plugins", template: "plugin-table")]
    let plugins: [Plugin]
    let commands: [CommandText]

    /// Shows those first that pipelines use.
    public init(frame: PageFrame, plugins document: PluginsDocument) {
        self.frame = frame
        let used = document.plugins.filter { $0.pipeline != nil }
        plugins = (used + document.plugins.filter { $0.pipeline == nil }).map { plugin in
            let state = plugin.healthy == false ? "down" : plugin.pipeline == nil ? "not used" : "ready"
            return Plugin(
                name: plugin.name, kind: plugin.kind ?? "–", state: state, mark: state == "down" ? "failed" : "idle",
                pipeline: plugin.pipeline, processes: plugin.processes.map { "\($0)" } ?? "–",
                restarts: plugin.restarts.map { "\($0)" } ?? "–", problem: plugin.problem, origin: plugin.origin)
        }
        commands = [CommandText("kata-ctl plugins")]
    }
}
