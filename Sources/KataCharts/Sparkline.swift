/// What became of jobs in the last hour, minute by minute.
package enum Sparkline {
    /// - Parameters:
    ///   - done: of each of 60 minutes, the latest last.
    ///   - label: what those hear who don't see it.
    package static func svg(done: [Int], failed: [Int], label: String) -> String {
        let (mostDone, mostFailed) = (done.max() ?? 0, failed.max() ?? 0)
        let up = done.enumerated().filter { $0.element > 0 }.map { minute, count in
            "M\(1 + 2 * minute) 20v-\(max(1, Int((19 * Double(count) / Double(mostDone)).rounded())))"
        }
        let down = failed.enumerated().filter { $0.element > 0 }.map { minute, count in
            "M\(1 + 2 * minute) 21v\(2 + Int((5 * Double(count) / Double(mostFailed)).rounded()))"
        }
        func path(_ name: String, _ parts: [String]) -> String {
            parts.isEmpty ? "" : "<path class=\"\(name)\" d=\"\(parts.joined())\"/>"
        }
        return
            "<svg class=\"spark\" width=\"120\" height=\"28\" viewBox=\"0 0 120 28\" role=\"img\" aria-label=\"\(label)\">"
            + "<path class=\"grid\" d=\"M0 20.5h120\"/>\(path("up", up))\(path("down", down))</svg>"
    }
}
