import Foundation
import Kata

/// Which consumer did which item of a run, and when: a row for each consumer, and below how many are busy.
package struct ConsumerChart {
    /// An item in a consumer's hands. Times are in seconds, all since the same moment.
    package struct Attempt: Sendable {
        package let consumer: String
        package let item: String
        package let start: Double
        package let end: Double

        package init(consumer: String, item: String, start: Double, end: Double) {
            self.consumer = consumer
            self.item = item
            self.start = start
            self.end = end
        }
    }

    /// What theory says of a run, in seconds.
    package struct Theory: Sendable {
        package let predicted: Double
        package let bound: Double

        package init(predicted: Double, bound: Double) {
            self.predicted = predicted
            self.bound = bound
        }
    }

    /// In order of their starts, in seconds since the first of these.
    private let attempts: [Attempt]
    private let names: [String]
    private let elapsed: Double
    private let theory: Theory?
    private let isOver: Bool

    /// - Parameters:
    ///   - workers: how many consumers there are to be: those that did nothing yet have a row, too.
    ///   - now: if the run is under way, the time that it is, like those of the attempts.
    /// - Returns: `nil` without any attempt.
    package init?(attempts: [Attempt], workers: Int, theory: Theory?, now: Double?) {
        guard let first = attempts.map(\.start).min(), let last = attempts.map(\.end).max() else { return nil }
        self.attempts =
            attempts.map {
                Attempt(consumer: $0.consumer, item: $0.item, start: $0.start - first, end: $0.end - first)
            }.sorted { ($0.start, $0.consumer) < ($1.start, $1.consumer) }
        names = Self.names(Set(attempts.map(\.consumer)), workers: workers)
        // A run that waited for long would be drawn much too small.
        elapsed = max((now.map { min($0, first + 86_400) } ?? last) - first, 0.001)
        self.theory = theory
        isOver = now == nil
    }

    /// In order of their numbers; those of another node after those of the one before.
    private static func names(_ busy: Set<String>, workers: Int) -> [String] {
        var names = busy
        if !names.contains(where: { $0.contains(":") }) {
            for number in 1...max(1, workers) { names.insert("c\(number)") }
        }
        func order(_ name: String) -> (String, Int, String) {
            let digits = name.reversed().prefix { $0.isNumber }.reversed()
            return (String(name.dropLast(digits.count)), Int(String(digits)) ?? 0, name)
        }
        return names.sorted { order($0) < order($1) }
    }

    private static let right = 1_130.0
    private static let width = 1_232.0
    private static let top = 26.0
    private static let rowLimit = 64

    /// Where time begins, right of the names.
    private var left: Double { min(400, max(40, Double((names.prefix(rows).map(\.count).max() ?? 0) * 7 + 8))) }
    private var rows: Int { min(names.count, Self.rowLimit) }
    private var hasRoom: Bool { rows <= 24 }
    private var pitch: Double { hasRoom ? 26 : 14 }
    private var height: Double { hasRoom ? 20 : 10 }
    private var span: Double { max(elapsed, theory?.predicted ?? 0, 0.001) * 1.01 }
    private var strip: Double { Self.top + Double(rows) * pitch + 14 }
    private var end: Double { strip + 36 }

    package var svg: String {
        let lines = [grid] + ticks + bars + labels + [busyPath] + marks
        let title =
            "\(Words.count(attempts.count)) items on \(Words.count(names.count)) consumers in \(seconds(elapsed)). A row for each consumer, time from left "
            + "to right, a bar for each item. Below, how many consumers are busy."
        return """
            <svg class="chart long" viewBox="0 0 \(Words.coordinate(Self.width)) \(Words.coordinate(end + 42))" role="img" aria-labelledby="gantt-t gantt-d">\
            <title id="gantt-t">Which consumer did which item, and when</title><desc id="gantt-d">\(title)</desc>
            \(lines.joined(separator: "\n"))
            </svg>
            """
    }

    private func x(_ time: Double) -> Double { left + (Self.right - left) * time / span }
    private func y(ofRow row: Int) -> Double { Self.top + Double(row) * pitch }
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
        let rowOfName = Dictionary(uniqueKeysWithValues: zip(names.prefix(rows), 0...))
        return attempts.enumerated().flatMap { index, attempt -> [String] in
            guard let row = rowOfName[attempt.consumer] else { return [] }
            let top = y(ofRow: row) + (pitch - height) / 2
            let width = max(1, x(attempt.end) - x(attempt.start) - 1)
            // Wave after wave has another tone.
            let tone = index / names.count % 2 == 1 ? "bar b" : "bar"
            let when = String(format: "%.3f to %.3f s", attempt.start, attempt.end)
            let bar =
                "<rect class=\"\(tone)\" x=\"\(Words.coordinate(x(attempt.start)))\" y=\"\(Words.coordinate(top))\" width=\"\(Words.coordinate(width))\" "
                + "height=\"\(Words.coordinate(height))\" rx=\"2\"><title>item \(attempt.item.escaped), \(attempt.consumer.escaped), \(when)</title></rect>"
            guard hasRoom, width >= 7 * Double(attempt.item.count) + 10 else { return [bar] }
            let place = "x=\"\(Words.coordinate(x(attempt.start) + 6))\" y=\"\(Words.coordinate(top + 14))\""
            return [bar, "<text class=\"in\" \(place)>\(attempt.item.escaped)</text>"]
        }
    }

    private var labels: [String] {
        let all = Dictionary(grouping: attempts, by: \.consumer)
        return names.prefix(rows).enumerated().flatMap { row, name -> [String] in
            let own = all[name] ?? []
            let share = own.reduce(0) { $0 + $1.end - $1.start } / max(elapsed, 0.001) * 100
            let place = "y=\"\(Words.coordinate(y(ofRow: row) + pitch / 2 + 4))\""
            return [
                "<text x=\"0\" \(place)>\(name.escaped)</text>",
                "<text class=\"end\" x=\"1232\" \(place)>\(counted(own.count, "item")), \(Int(share.rounded())) %</text>",
            ]
        }
    }

    /// The average of each column of 4 units.
    private var busyPath: String {
        let last = Int(x(elapsed).rounded(.up))
        var path = "M\(Int(left)) \(Words.coordinate(end))"
        var before: Double?
        for column in stride(from: Int(left), to: last, by: 4) {
            let from = (Double(column) - left) * span / (Self.right - left)
            let to = (Double(column + 4) - left) * span / (Self.right - left)
            let busy = attempts.reduce(0) { $0 + max(0, min($1.end, to) - max($1.start, from)) } / (to - from)
            let y = (end - 36 * busy / Double(names.count)).rounded()
            if y != before { path += "H\(column)V\(Words.coordinate(y))" }
            before = y
        }
        path += "H\(last)V\(Words.coordinate(end))Z"
        let y = Words.coordinate(strip + 22)
        return
            "<path class=\"area\" d=\"\(path)\"/><path class=\"axis\" d=\"M\(Words.coordinate(left)) \(Words.coordinate(end + 0.5))H1130\"/>"
            + "<text x=\"0\" y=\"\(y)\">busy</text><text class=\"end\" x=\"1232\" y=\"\(y)\">of \(Words.count(names.count))</text>"
    }

    private var marks: [String] {
        var lines: [String] = []
        if let theory {
            let isSame = abs(theory.predicted - theory.bound) < 0.005
            let times = isSame ? [theory.bound] : [theory.bound, theory.predicted]
            let path = times.map { "M\(Words.coordinate(x($0))) 22V\(Words.coordinate(end + 18))" }.joined()
            lines.append("<path class=\"mark dash\" d=\"\(path)\"/>")
            let words =
                isSame
                ? "predicted and lower bound \(seconds(theory.bound))"
                : "lower bound \(seconds(theory.bound)), predicted \(seconds(theory.predicted))"
            lines.append(text(words, before: theory.predicted, y: end + 18, "end"))
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
