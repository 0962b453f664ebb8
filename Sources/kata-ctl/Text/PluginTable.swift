import Kata
import KataAPI
import KataCommand

/// The plugins of a daemon for people.
struct PluginTable {
    let lines: [String]

    /// - Parameter width: the terminal's, in columns; `nil` where nothing is to be cut.
    init(_ document: PluginsDocument, width: Int?) {
        var table = TextTable([
            ("NAME", .left), ("KIND", .left), ("PIPELINE", .left), ("STATE", .left), ("FROM", .left),
        ])
        for plugin in document.plugins { table.add(Self.row(plugin)) }
        lines = table.lines(width: width)
    }

    private static func row(_ plugin: PluginsDocument.Plugin) -> [String] {
        [
            plugin.name.printable, plugin.kind ?? "?", plugin.pipeline ?? "–", state(plugin),
            plugin.origin.printable + (plugin.version.map { ", version \($0.printable)" } ?? ""),
        ]
    }

    private static func state(_ plugin: PluginsDocument.Plugin) -> String {
        guard plugin.pipeline != nil else { return "not used" }
        if let problem = plugin.problem { return "down: \(problem.printable)" }
        guard let processes = plugin.processes else { return "well" }
        let restarts = plugin.restarts.map { $0 == 0 ? "" : ", \(counted($0, "restart"))" } ?? ""
        return processes == 0 ? "not started" : "\(processes) ready\(restarts)"
    }
}
