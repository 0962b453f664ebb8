/// How metrics are written for those who collect them.
public enum ExpositionFormat: Sendable {
    /// The text format of Prometheus, version 0.0.4.
    case prometheus
    /// OpenMetrics, version 1.0.0.
    case openMetrics

    /// What an answer in the format is said to be.
    public var mediaType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The format that a client likes best; that of Prometheus if it likes both as much, or says nothing.
    ///
    /// - Parameter accept: the header of that name.
    public init(accept: String?) {
        let openMetrics = Self.quality(of: "application/openmetrics-text", in: accept ?? "") ?? 0
        let text =
            Self.quality(of: "text/plain", in: accept ?? "") ?? Self.quality(of: "text/*", in: accept ?? "")
            ?? Self.quality(of: "*/*", in: accept ?? "") ?? 0
        self = openMetrics > text ? .openMetrics : .prometheus
    }

    /// How much a client likes a type, up to 1; `nil` if it does not name it.
    private static func quality(of type: String, in accept: String) -> Double? {
        accept.split(separator: ",").lazy.compactMap { entry in
            let parts = entry.split(separator: ";").map { part in
                String(part.filter { $0 != " " && $0 != "\t" }).lowercased()
            }
            guard parts.first == type else { return nil }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }
            return quality.flatMap { Double($0.dropFirst(2)) } ?? 1
        }.max()
    }

    /// The metrics in that format.
    public func text(_ families: [MetricFamily]) -> String {
        var text = ""
        for family in families {
            // OpenMetrics names the family without the ending of its one series.
            let isTotal = family.kind == .counter && family.name.hasSuffix("_total")
            let name = self == .openMetrics && isTotal ? String(family.name.dropLast("_total".utf8.count)) : family.name
            text += "# HELP \(name) \(escapedHelp(family.help))\n# TYPE \(name) \(family.kind.rawValue)\n"
            for series in family.series { write(series, of: family.name, to: &text) }
        }
        return self == .openMetrics ? text + "# EOF\n" : text
    }

    private func write(_ series: MetricFamily.Series, of name: String, to text: inout String) {
        switch series.value {
        case .number(let number): text += "\(name)\(labels(series.labels)) \(Self.shown(number))\n"
        case .histogram(let histogram):
            var total: Int64 = 0
            for (bound, count) in zip(histogram.bounds + [.infinity], histogram.counts) {
                total += count
                let label = MetricFamily.Label(
                    "le", self == .openMetrics && bound.isFinite ? "\(bound)" : Self.shown(bound))
                text += "\(name)_bucket\(labels(series.labels + [label])) \(total)\n"
            }
            text += "\(name)_sum\(labels(series.labels)) \(Self.shown(histogram.sum))\n"
            text += "\(name)_count\(labels(series.labels)) \(total)\n"
        }
    }

    private func labels(_ labels: [MetricFamily.Label]) -> String {
        if labels.isEmpty { return "" }
        return "{" + labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",") + "}"
    }

    private func escapedHelp(_ text: String) -> String {
        // A quotation mark is escaped in one format, and may not be in the other.
        self == .openMetrics ? Self.escaped(text) : Self.escapedLine(text)
    }

    private static func escaped(_ text: String) -> String {
        escape(text, ["\\": "\\\\", "\n": "\\n", "\"": "\\\""])
    }

    private static func escapedLine(_ text: String) -> String {
        escape(text, ["\\": "\\\\", "\n": "\\n"])
    }

    /// Scalar by scalar: to Swift a line feed behind a carriage return is no character of its own.
    private static func escape(_ text: String, _ words: [Unicode.Scalar: String]) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            if let word = words[scalar] { result += word } else { result.unicodeScalars.append(scalar) }
        }
    }

    private static func shown(_ number: Double) -> String {
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        if number.isNaN { return "NaN" }
        return Int64(exactly: number).map { "\($0)" } ?? "\(number)"
    }
}
