import Foundation

/// How long attempts took: how many of them took about as long as each other.
package struct LatencyHistogram {
    /// How many attempts took at least so long and less than the next, in ``unit``.
    package struct Bin: Equatable {
        package let start: Double
        /// `nil` means any longer time.
        package let end: Double?
        package let count: Int
    }

    enum Unit: String {
        case milliseconds = "ms"
        case seconds = "s"
        case minutes = "min"

        /// In seconds.
        var length: Double {
            switch self {
            case .milliseconds: 0.001
            case .seconds: 1
            case .minutes: 60
            }
        }

        /// In which the time that most do not exceed is well read.
        init(for most: Double) {
            switch most {
            case ..<10: self = .milliseconds
            case ..<600: self = .seconds
            default: self = .minutes
            }
        }
    }

    package let bins: [Bin]
    let unit: Unit
    /// Of a bin, in ``unit``.
    let width: Double
    private let count: Int
    private let median: Double
    private let most: Double

    private static let left = 34.0
    private static let right = 512.0
    private static let top = 30.0
    private static let bottom = 160.0
    private static let binLimit = 30

    /// - Parameter durations: in seconds, the shortest first.
    /// - Returns: `nil` without any.
    package init?(_ durations: [Double]) {
        guard let first = durations.first else { return nil }
        func share(_ share: Double) -> Double {
            durations[min(durations.count - 1, Int(Double(durations.count) * share))]
        }
        let unit = Unit(for: share(0.95))
        let low = first / unit.length
        let high = share(0.995) / unit.length
        // Durations are in whole milliseconds.
        let width = nice(max((high - low) / 24, 0.001 / unit.length))
        let index = { (value: Double) in Int((value / unit.length / width + 1e-9).rounded(.down)) }
        let start = index(first)
        let number = min(Self.binLimit, index(share(0.995)) - start + 1)
        var counts = Array(repeating: 0, count: number)
        var beyond = 0
        for duration in durations {
            let bin = index(duration) - start
            if bin < number { counts[bin] += 1 } else { beyond += 1 }
        }
        let edge = { (bin: Int) in Double(start + bin) * width }
        bins =
            counts.enumerated().map { Bin(start: edge($0.offset), end: edge($0.offset + 1), count: $0.element) }
            + (beyond > 0 ? [Bin(start: edge(number), end: nil, count: beyond)] : [])
        self.unit = unit
        self.width = width
        count = durations.count
        median = share(0.5) / unit.length
        most = share(0.95) / unit.length
    }

    /// What is seen, in words.
    package var summary: String {
        "\(Words.count(count)) \(count == 1 ? "attempt" : "attempts"), half of them within \(text(median)), 95 of 100 within \(text(most))."
    }

    package func text(of bin: Bin) -> String {
        bin.end.map { "\(number(bin.start)) to \(text($0))" } ?? "\(text(bin.start)) and more"
    }

    package var svg: String {
        let lines = [grid] + levels + bars + ["<path class=\"axis\" d=\"M34 160.5H512\"/>"] + ticks + marks
        return """
            <svg class="chart" width="520" height="200" viewBox="0 0 520 200" role="img" aria-labelledby="latency-t latency-d">\
            <title id="latency-t">How long attempts took</title><desc id="latency-d">\(summary)</desc>
            \(lines.joined(separator: "\n"))
            </svg>
            """
    }

    private func number(_ value: Double) -> String { String(format: "%g", value) }
    private func text(_ value: Double) -> String { "\(number(value)) \(unit.rawValue)" }

    private var highest: Double { max(2, nice(Double(bins.map(\.count).max() ?? 1))) }
    private var barWidth: Double { (Self.right - Self.left) / Double(bins.count) }
    private func x(_ index: Int) -> Double { Self.left + Double(index) * barWidth }
    private func y(_ count: Double) -> Double { Self.bottom - (Self.bottom - Self.top) * count / highest }

    private var grid: String {
        let path = [0.5, 1].map { "M34 \(Words.coordinate(y(highest * $0).rounded() + 0.5))H512" }.joined()
        return "<path class=\"grid\" d=\"\(path)\"/>"
    }

    private var levels: [String] {
        [0, 0.5, 1].map { share in
            "<text class=\"end\" x=\"28\" y=\"\(Words.coordinate(y(highest * share) + 4))\">\(number(highest * share))</text>"
        }
    }

    private var bars: [String] {
        bins.enumerated().filter { $0.element.count > 0 }.map { index, bin in
            let top = min(y(Double(bin.count)), Self.bottom - 1)
            return
                "<rect class=\"bar\" x=\"\(Words.coordinate(x(index) + 0.5))\" y=\"\(Words.coordinate(top))\" "
                + "width=\"\(Words.coordinate(barWidth - 1))\" height=\"\(Words.coordinate(Self.bottom - top))\">"
                + "<title>\(text(of: bin)): \(Words.count(bin.count))</title></rect>"
        }
    }

    private var ticks: [String] {
        stride(from: 0, to: bins.count, by: max(1, (bins.count + 5) / 6)).map { index in
            "<text class=\"mid\" x=\"\(Words.coordinate(x(index)))\" y=\"176\">\(number(bins[index].start))</text>"
        } + ["<text class=\"end\" x=\"512\" y=\"192\">\(unit.rawValue), \(text(width)) a bar</text>"]
    }

    private var marks: [String] {
        [("p50", median, "mark", 10.0), ("p95", most, "mark dash", 22.0)].flatMap { name, value, kind, y in
            let place = min(Self.right, Self.left + (value - bins[0].start) / width * barWidth)
            let isNearEnd = place > Self.right - 90
            return [
                "<path class=\"\(kind)\" d=\"M\(Words.coordinate(place)) \(Words.coordinate(y - 6))V160\"/>",
                "<text class=\"\(isNearEnd ? "end " : "")strong\" x=\"\(Words.coordinate(place + (isNearEnd ? -5 : 5)))\" "
                    + "y=\"\(Words.coordinate(y))\">\(name) \(text(value))</text>",
            ]
        }
    }
}
