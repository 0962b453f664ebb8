/// A chart as a file of its own, with what the dashboard's style sheet says of charts.
package enum StandaloneSVG {
    package static func document(_ chart: String) -> String {
        // No XML has these two.
        let chart = String(
            String.UnicodeScalarView(chart.unicodeScalars.filter { $0 != "\u{fffe}" && $0 != "\u{ffff}" }))
        guard let end = chart.firstIndex(of: ">") else { return chart }
        let tag = withMargin(
            chart[..<end].replacing("<svg ", with: "<svg xmlns=\"http://www.w3.org/2000/svg\" ", maxReplacements: 1))
        return "\(tag)>\n<style>\n\(style)\n</style>\(chart[chart.index(after: end)...])\n"
    }

    /// On a page there is room around a chart, which a file has to bring.
    private static func withMargin(_ tag: some StringProtocol) -> String {
        String(tag).replacing(#/viewBox="0 0 ([0-9.]+) ([0-9.]+)"/#) { match in
            let width = (Double(match.1) ?? 0) + 2 * margin
            let height = (Double(match.2) ?? 0) + 2 * margin
            return "viewBox=\"-\(Int(margin)) -\(Int(margin)) \(Words.coordinate(width)) \(Words.coordinate(height))\""
        }
    }

    private static let margin = 16.0

    /// In light and dark, as whoever looks at it has it.
    private static let style = """
        svg { --bg: #fdfdfb; --ink: #1a1c1f; --dim: #5b5f65; --line: #e1e1da; --edge: #83868a; --accent: #14598a; --alt: #3a749c; --on: #fff;
          background: var(--bg); }
        @media (prefers-color-scheme: dark) {
          svg { --bg: #131518; --ink: #e3e5e7; --dim: #9aa0a7; --line: #2a2e34; --edge: #717880; --accent: #7fc1ea; --alt: #5d9fca; --on: #0b1720; }
        }
        text { font: 11px system-ui, sans-serif; fill: var(--dim); font-variant-numeric: tabular-nums; }
        .strong { fill: var(--ink); font-weight: 600; } .end { text-anchor: end; } .mid { text-anchor: middle; }
        .axis { stroke: var(--edge); fill: none; } .grid { stroke: var(--line); fill: none; }
        .bar { fill: var(--accent); } .bar.b { fill: var(--alt); } .in { fill: var(--on); }
        .mark { stroke: var(--ink); fill: none; } .mark.dash { stroke-dasharray: 4 3; } .area { fill: var(--alt); }
        """
}
