/// How full a queue is. The numbers stand beside it.
package enum QueueGauge {
    package static func svg(depth: Int, size: Int) -> String {
        let width = max(1, 54 * Double(min(depth, size)) / Double(max(1, size)))
        let bar =
            depth == 0
            ? "" : "<rect class=\"bar\" x=\"1\" y=\"1\" width=\"\(Words.coordinate(width))\" height=\"6\"/>"
        return "<svg class=\"gauge\" width=\"56\" height=\"8\" viewBox=\"0 0 56 8\" aria-hidden=\"true\">"
            + "<rect class=\"frame\" x=\".5\" y=\".5\" width=\"55\" height=\"7\"/>\(bar)</svg>"
    }
}
