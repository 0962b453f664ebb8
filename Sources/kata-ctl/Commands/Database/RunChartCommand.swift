import ArgumentParser
import Foundation
import Kata
import KataAPI
import KataCharts
import KataClient
import KataCommand
import KataSQLite

struct RunChartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run-chart",
        abstract: "Draws which consumer took which item when, or the time of runs against their consumers, as SVG.",
        discussion: """
            Without --database the daemon is asked; with it the file is read, whether a daemon runs or not. What theory says is \
            drawn where it is known: from the daemon, or from the configuration that --config names.

            kata-ctl run-chart --output run.svg
            kata-ctl run-chart --workers --database kata.db --config kata.yaml --output workers.svg
            """
    )

    @OptionGroup var results: ResultOptions

    @Option(help: "A run's number, or 'latest'.")
    var run = "latest"

    @Flag(help: "All runs: from the first item to the last one, against how many consumers took items.")
    var workers = false

    @Option(help: "The configuration of the runs, for what theory says.", completion: .file(extensions: ["yaml"]))
    var config: String?

    @Option(
        name: .shortAndLong, help: "The file to write; '-' is standard output.", completion: .file(extensions: ["svg"]))
    var output = "-"

    /// More bars than that are no picture any more.
    private static let resultLimit = 20_000

    func validate() throws {
        try ResultOptions.check(run: run)
        if workers && run != "latest" { throw ValidationError("--run is one run, and --workers is for all of them") }
        if run == "all" { throw ValidationError("--run is one run here; --workers is for all of them") }
    }

    func run() async throws {
        let svg = try await workers ? workersChart() : consumersChart()
        let bytes = Array(StandaloneSVG.document(svg).utf8)
        if output == "-" { return try StandardOutput.write(bytes) }
        if DatabaseFiles.contain(output) {
            throw UsageError("'\(output)' is a database, or belongs to one; name another file")
        }
        let file = try AtomicFile(path: output)
        try file.write(bytes)
        try file.commit()
        try StandardOutput.printLine("the picture is in \(output)")
    }

    private func consumersChart() async throws -> String {
        var found: [RunResult] = []
        try await readResults(of: run) { result in
            found.append(result)
            if found.count > Self.resultLimit {
                throw UsageError(
                    "the run has more than \(Self.resultLimit) results, too many for a picture; 'kata-ctl export' has them"
                )
            }
        }
        let pipelines = Set(found.map(\.pipeline)).sorted()
        guard pipelines.count <= 1 else {
            throw UsageError(
                "there are several pipelines; name one with --pipeline: \(pipelines.joined(separator: ", "))")
        }
        let count = Set(found.map(\.consumerId)).count
        let estimate = try await estimate(workers: max(1, count), pipeline: pipelines.first)
        let chart = ConsumerChart(
            attempts: found.map { result in
                ConsumerChart.Attempt(
                    consumer: result.consumerId, item: CutText(result.item, limit: 40).marked.printable,
                    start: result.startedAt.seconds, end: result.finishedAt.seconds)
            },
            workers: 1,
            theory: estimate.map {
                ConsumerChart.Theory(predicted: $0.predictedSeconds, bound: $0.lowerBoundSeconds)
            },
            now: nil)
        guard let chart else { throw noResults }
        return chart.svg
    }

    private func workersChart() async throws -> String {
        var runs: [Int64: RunMeasurement] = [:]
        try await readResults(of: "all") { runs[$0.runId, default: RunMeasurement()].add($0) }
        let pipelines = Set(runs.values.map(\.pipeline)).sorted()
        guard pipelines.count <= 1 else {
            throw UsageError(
                "there are several pipelines; name one with --pipeline: \(pipelines.joined(separator: ", "))")
        }
        let most = runs.values.map(\.workers).max() ?? 1
        let estimate = try await estimate(workers: most, pipeline: pipelines.first)
        let chart = WorkersChart(
            theory: estimate?.predictions.map { WorkersChart.Point(workers: $0.workers, seconds: $0.predictedSeconds) }
                ?? [],
            measured: runs.values.map { WorkersChart.Point(workers: $0.workers, seconds: $0.seconds) },
            bound: estimate?.lowerBoundSeconds)
        guard let chart, !runs.isEmpty else { throw noResults }
        return chart.svg
    }

    private var noResults: UsageError {
        UsageError("there are no results to draw\(results.pipeline.map { " of pipeline '\($0)'" } ?? "")")
    }

    private func readResults(of run: String, _ body: (RunResult) throws -> Void) async throws {
        try await results.readLines(run: run) { try body(RunResult($0)) }
    }

    /// What theory says, if somebody knows.
    private func estimate(workers: Int, pipeline: String?) async throws -> EstimateDocument? {
        if let config { return try ConfiguredEstimate.read(config, pipeline: pipeline, workers: workers) }
        if results.database != nil { return nil }
        return try? await results.daemon.client.estimate(pipeline: pipeline, workers: workers)
    }
}

/// A line of an export.
private struct RunResult {
    let runId: Int64
    let pipeline: String
    let consumerId: String
    let item: String
    let startedAt: Timestamp
    let finishedAt: Timestamp

    private struct Line: Decodable {
        let runId: Int64
        let pipeline: String
        let consumerId: String
        let item: String
        let startedAt: String
        let finishedAt: String
    }

    init(_ bytes: ArraySlice<UInt8>) throws {
        let line = try JSON.decode(Line.self, from: Data(bytes))
        guard let start = Timestamp(iso8601: line.startedAt), let end = Timestamp(iso8601: line.finishedAt) else {
            throw UsageError("a result has no times that can be read: \(line.startedAt), \(line.finishedAt)")
        }
        (runId, pipeline, consumerId, item) = (line.runId, line.pipeline, line.consumerId, line.item)
        (startedAt, finishedAt) = (start, end)
    }
}

/// What the results of a run tell of it as a whole.
private struct RunMeasurement {
    private(set) var pipeline = ""
    private var consumers: Set<String> = []
    private var start = Double.infinity
    private var end = -Double.infinity

    var workers: Int { consumers.count }
    var seconds: Double { end - start }

    mutating func add(_ result: RunResult) {
        pipeline = result.pipeline
        consumers.insert(result.consumerId)
        start = min(start, result.startedAt.seconds)
        end = max(end, result.finishedAt.seconds)
    }
}
