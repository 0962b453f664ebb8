import Kata
import KataAPI
import KataCommand

/// The plugins of a daemon for people.
struct PluginTable {
    let lines: [String]

    init(_ document: PluginsDocument) {
        let rows = [["NAME", "KIND", "PIPELINE", "STATE", "FROM"]] + document.plugins.map(Self.row)
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        lines = rows.map { row in
            zip(row, widths).map { $0.paddedRight(to: $1) }.joined(separator: "  ") + "  " + row[4]
        }
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
        let restarts = plugin.restarts.map { $0 == 0 ? "" : ", \($0) restarts" } ?? ""
        return processes == 0 ? "not started" : "\(processes) ready\(restarts)"
    }
}
