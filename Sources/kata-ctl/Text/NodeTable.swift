import Kata
import KataAPI

/// The daemons that work with the same database, for people: a line for each pipeline of each.
struct NodeTable {
    let lines: [String]

    /// - Parameter width: the terminal's, in columns; `nil` where nothing is to be cut.
    init(_ document: NodesDocument, width: Int?, time: TimeText) {
        var table = TextTable([
            ("node", .left), ("state", .left), ("pipeline", .left), ("", .left), ("workers", .right), ("busy", .right),
            ("jobs/s", .right), ("last seen", .left), ("version", .left),
        ])
        for node in document.nodes {
            let name = node.name + (node.name == document.node ? " *" : "")
            let end = [time.text(node.seen), node.version]
            if node.pipelines.isEmpty { table.add([name, node.state, "-", "-", "-", "-", "-"] + end) }
            for (index, pipeline) in node.pipelines.enumerated() {
                table.add(
                    (index == 0 ? [name, node.state] : ["", ""])
                        + [
                            pipeline.name.printable, pipeline.state, "\(pipeline.workerCount)", "\(pipeline.running)",
                            "\(pipeline.rate)",
                        ] + (index == 0 ? end : ["", ""]))
            }
        }
        lines = table.lines(width: width) + ["* answers"]
    }
}
