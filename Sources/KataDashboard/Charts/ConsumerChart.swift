import Foundation

/// Which consumer did which item of a run, and when: a row for each consumer, and below how many are busy.
struct ConsumerChart {
    /// An item in a consumer's hands. Times are in seconds since the run's beginning.
    struct Attempt: Sendable {
        /// From 1.
        let consumer: Int
        let item: String
        let start: Double
        let end: Double
    }

    /// In order of their starts.
    let attempts: [Attempt]
    let consumers: Int
    let elapsed: Double
    let predicted: Double?
    let bound: Double?
    let isOver: Bool

    private static let left = 40.0
    private static let right = 1_130.0
    private static let width = 1_232.0
    private static let top = 26.0
    private static let rowLimit = 64

    private var rows: Int { min(consumers, Self.rowLimit) }
    private var hasRoom: Bool { rows <= 24 }
    private var pitch: Double { hasRoom ? 26 : 14 }
    private var height: Double { hasRoom ? 20 : 10 }
    private var span: Double { max(elapsed, predicted ?? 0, 0.001) * 1.01 }
    private var strip: Double { Self.top + Double(rows) * pitch + 14 }
    private var end: Double { strip + 36 }

    var svg: String {
        let lines = [grid] + ticks + bars + names + [busyPath] + marks
        let title =
            "\(Words.count(attempts.count)) items on \(Words.count(consumers)) consumers in \(seconds(elapsed)). A row for each consumer, time from left "
            + "to right, a bar for each item. Below, how many consumers are busy."
        return """
            <svg class="chart long" viewBox="0 0 \(Words.coordinate(Self.width)) \(Words.coordinate(end + 42))" role="img" aria-labelledby="gantt-t gantt-d">\
            <title id="gantt-t">Which consumer did which item, and when</title><desc id="gantt-d">\(title)</desc>
            \(lines.joined(separator: "\n"))
            </svg>
            """
    }

    private func x(_ time: Double) -> Double { Self.left + (Self.right - Self.left) * time / span }
    private func y(ofRow row: Int) -> Double { Self.top + Double(row - 1) * pitch }
    private func seconds(_ time: Double) -> String { String(format: "%.2f s", time) }

    private var times: [Double] {
        let step = nice(span / 12)
        return (0...Int(span / step)).map { Double($0) * step }
    }

    private var grid: String {
        let path = times.map { "M\(Words.coordinate(x($0))) 22V\(Words.coordinate(end))" }.joined()
        return "<path class=\"grid\" d=\"\(path)\"/>"
    }

    private var ticks: [String] {
        times.map { time in
            let text = String(format: "%g", time) + (time == 0 ? " s" : "")
            return "<text class=\"mid\" x=\"\(Words.coordinate(x(time)))\" y=\"14\">\(text)</text>"
        }
    }

    private var bars: [String] {
        attempts.enumerated().flatMap { index, attempt -> [String] in
            if attempt.consumer > rows { return [] }
            let top = y(ofRow: attempt.consumer) + (pitch - height) / 2
            let width = max(1, x(attempt.end) - x(attempt.start) - 1)
            // Wave after wave has another tone.
            let tone = index / max(1, consumers) % 2 == 1 ? "bar b" : "bar"
            let when = String(format: "%.3f to %.3f s", attempt.start, attempt.end)
            let bar =
                "<rect class=\"\(tone)\" x=\"\(Words.coordinate(x(attempt.start)))\" y=\"\(Words.coordinate(top))\" width=\"\(Words.coordinate(width))\" "
                + "height=\"\(Words.coordinate(height))\" rx=\"2\"><title>item \(attempt.item.escaped), c\(attempt.consumer), \(when)</title></rect>"
            guard hasRoom, width >= 7 * Double(attempt.item.count) + 10 else { return [bar] }
            let place = "x=\"\(Words.coordinate(x(attempt.start) + 6))\" y=\"\(Words.coordinate(top + 14))\""
            return [bar, "<text class=\"in\" \(place)>\(attempt.item.escaped)</text>"]
        }
    }

    private var names: [String] {
        (1...max(1, rows)).flatMap { row -> [String] in
            let own = attempts.filter { $0.consumer == row }
            let share = own.reduce(0) { $0 + $1.end - $1.start } / max(elapsed, 0.001) * 100
            let place = "y=\"\(Words.coordinate(y(ofRow: row) + pitch / 2 + 4))\""
            return [
                "<text x=\"0\" \(place)>c\(row)</text>",
                "<text class=\"end\" x=\"1232\" \(place)>\(own.count) items, \(Int(share.rounded())) %</text>",
            ]
        }
    }

    /// The average of each column of 4 units.
    private var busyPath: String {
        let last = Int(x(elapsed).rounded(.up))
        var path = "M\(Int(Self.left)) \(Words.coordinate(end))"
        var before: Double?
        for column in stride(from: Int(Self.left), to: last, by: 4) {
            let from = (Double(column) - Self.left) * span / (Self.right - Self.left)
            let to = (Double(column + 4) - Self.left) * span / (Self.right - Self.left)
            let busy = attempts.reduce(0) { $0 + max(0, min($1.end, to) - max($1.start, from)) } / (to - from)
            let y = (end - 36 * busy / Double(max(1, consumers))).rounded()
            if y != before { path += "H\(column)V\(Words.coordinate(y))" }
            before = y
        }
        path += "H\(last)V\(Words.coordinate(end))Z"
        let y = Words.coordinate(strip + 22)
        return
            "<path class=\"area\" d=\"\(path)\"/><path class=\"axis\" d=\"M40 \(Words.coordinate(end + 0.5))H1130\"/>"
            + "<text x=\"0\" y=\"\(y)\">busy</text><text class=\"end\" x=\"1232\" y=\"\(y)\">of \(Words.count(consumers))</text>"
    }

    private var marks: [String] {
        var lines: [String] = []
        let isSame = bound.flatMap { bound in predicted.map { abs($0 - bound) < 0.005 } } ?? false
        let theory = isSame ? [bound].compactMap { $0 } : [bound, predicted].compactMap { $0 }
        if let last = theory.last {
            let path = theory.map { "M\(Words.coordinate(x($0))) 22V\(Words.coordinate(end + 18))" }.joined()
            lines.append("<path class=\"mark dash\" d=\"\(path)\"/>")
            let words =
                isSame
                ? "predicted and lower bound \(seconds(last))"
                : [bound.map { "lower bound \(seconds($0))" }, predicted.map { "predicted \(seconds($0))" }]
                    .compactMap { $0 }.joined(separator: ", ")
            lines.append(text(words, before: last, y: end + 18, "end"))
        }
        lines.append(
            "<path class=\"mark\" d=\"M\(Words.coordinate(x(elapsed))) 22V\(Words.coordinate(end + 36))\"/>")
        lines.append(
            text("\(isOver ? "measured" : "now") \(seconds(elapsed))", before: elapsed, y: end + 36, "end strong"))
        return lines
    }

    private func text(_ words: String, before time: Double, y: Double, _ name: String) -> String {
        "<text class=\"\(name)\" x=\"\(Words.coordinate(x(time) - 5))\" y=\"\(Words.coordinate(y))\">\(words)</text>"
    }
}
