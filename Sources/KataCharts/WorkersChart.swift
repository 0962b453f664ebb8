import Foundation
import Kata

/// Time against workers: what theory says, and what runs took.
package struct WorkersChart {
    /// A number of workers and a time in seconds.
    package struct Point: Hashable, Sendable {
        package let workers: Int
        package let seconds: Double

        package init(workers: Int, seconds: Double) {
            self.workers = workers
            self.seconds = seconds
        }
    }

    private let theory: [Point]
    private let measured: [Point]
    private let bound: Double?

    private static let left = 64.0
    private static let right = 700.0
    private static let top = 28.0
    private static let bottom = 320.0

    /// - Parameters:
    ///   - theory: in the order of the workers; empty where nobody knows how long an item takes.
    ///   - measured: one for each run.
    ///   - bound: what no number of workers can beat, in seconds.
    /// - Returns: `nil` if there is no point at all.
    package init?(theory: [Point], measured: [Point], bound: Double?) {
        if theory.isEmpty && measured.isEmpty { return nil }
        self.theory = theory
        self.measured = measured.sorted { ($0.workers, $0.seconds) < ($1.workers, $1.seconds) }
        self.bound = bound
    }

    package var svg: String {
        let words = "\(Words.count(measured.count)) \(measured.count == 1 ? "run" : "runs")"
        let lines = [grid] + timeTicks + workerTicks + [curve, boundLine] + dots + [legend]
        return """
            <svg class="chart" width="720" height="376" viewBox="0 0 720 376" role="img" aria-labelledby="workers-t workers-d">\
            <title id="workers-t">Time against workers</title><desc id="workers-d">The time that theory predicts for each number of \
            workers as a line, and what \(words) took as dots.</desc>
            \(lines.filter { !$0.isEmpty }.joined(separator: "\n"))
            </svg>
            """
    }

    private var mostWorkers: Double { Double(max(2, (theory + measured).map(\.workers).max() ?? 2)) }
    private var timeStep: Double { nice(max((theory + measured).map(\.seconds).max() ?? 1, 0.001) / 5) }
    private var mostTime: Double {
        let most = max((theory + measured).map(\.seconds).max() ?? 1, 0.001)
        return (most / timeStep - 1e-9).rounded(.up) * timeStep
    }

    private func x(_ workers: Double) -> String {
        Words.coordinate(Self.left + (Self.right - Self.left) * (workers - 0.5) / mostWorkers)
    }
    private func y(_ seconds: Double) -> String {
        Words.coordinate(Self.bottom - (Self.bottom - Self.top) * seconds / mostTime)
    }

    private var times: [Double] { (0...Int((mostTime / timeStep).rounded())).map { Double($0) * timeStep } }

    private var grid: String {
        let path = times.dropFirst().map { "M64 \(y($0))H700" }.joined()
        return "<path class=\"grid\" d=\"\(path)\"/><path class=\"axis\" d=\"M64 320.5H700\"/>"
    }

    private var timeTicks: [String] {
        times.map { "<text class=\"end\" x=\"58\" y=\"\(y($0))\" dy=\"4\">\(String(format: "%g", $0)) s</text>" }
    }

    private var workerTicks: [String] {
        let step = max(1, Int(nice(mostWorkers / 16).rounded(.up)))
        let numbers = Set(stride(from: step, through: Int(mostWorkers), by: step)).union([1]).sorted()
        return numbers.map { "<text class=\"mid\" x=\"\(x(Double($0)))\" y=\"338\">\($0)</text>" }
            + ["<text class=\"end\" x=\"700\" y=\"358\">workers; for a run, consumers that took items</text>"]
    }

    private var curve: String {
        let points = theory.map { "\(x(Double($0.workers))) \(y($0.seconds))" }
        guard let first = points.first else { return "" }
        return "<path class=\"mark\" d=\"M\(first)\(points.dropFirst().map { "L\($0)" }.joined())\"/>"
    }

    private var boundLine: String {
        guard let bound else { return "" }
        return "<path class=\"mark dash\" d=\"M64 \(y(bound))H700\"/>"
            + "<text class=\"end\" x=\"698\" y=\"\(y(bound))\" dy=\"-6\">lower bound \(String(format: "%.2f s", bound))</text>"
    }

    private var dots: [String] {
        measured.map { point in
            let text =
                "\(counted(point.workers, "worker")), \(String(format: "%.3f s", point.seconds))"
            return
                "<circle class=\"bar\" cx=\"\(x(Double(point.workers)))\" cy=\"\(y(point.seconds))\" r=\"5\"><title>\(text)</title></circle>"
        }
    }

    private var legend: String {
        var parts = "<text class=\"strong\" x=\"64\" y=\"14\">Time against workers</text>"
        if !theory.isEmpty { parts += "<path class=\"mark\" d=\"M240 10h22\"/><text x=\"268\" y=\"14\">theory</text>" }
        if !measured.isEmpty {
            parts += "<circle class=\"bar\" cx=\"336\" cy=\"10\" r=\"5\"/><text x=\"348\" y=\"14\">measured</text>"
        }
        return parts
    }
}
