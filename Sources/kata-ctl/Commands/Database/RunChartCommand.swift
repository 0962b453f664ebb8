import ArgumentParser
import Kata
import KataAPI
import KataCharts
import KataClient
import KataCommand

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
        try checkIsNoDatabase(output)
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
        let pipeline = try onlyPipeline(of: found.map(\.pipeline))
        let count = Set(found.map(\.consumerId)).count
        let estimate = try await estimate(workers: max(1, count), pipeline: pipeline)
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
        let pipeline = try onlyPipeline(of: runs.values.map(\.pipeline))
        let most = runs.values.map(\.workers).max() ?? 1
        let estimate = try await estimate(workers: most, pipeline: pipeline)
        let chart = WorkersChart(
            theory: estimate?.predictions.map { WorkersChart.Point(workers: $0.workers, seconds: $0.predictedSeconds) }
                ?? [],
            measured: runs.values.map { WorkersChart.Point(workers: $0.workers, seconds: $0.seconds) },
            bound: estimate?.lowerBoundSeconds)
        guard let chart, !runs.isEmpty else { throw noResults }
        return chart.svg
    }

    /// - Returns: `nil` without any results.
    /// - Throws: ``UsageError`` if they are of several pipelines, which have nothing in common that could be drawn.
    private func onlyPipeline(of names: [String]) throws -> String? {
        let pipelines = Set(names).sorted()
        if pipelines.count > 1 {
            throw UsageError(
                "there are several pipelines; name one with --pipeline: \(pipelines.joined(separator: ", "))")
        }
        return pipelines.first
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
        // Most pipelines have no theory, which the daemon refuses then, and the picture goes without.
        return try? await results.daemon.client.estimate(pipeline: pipeline, workers: workers)
    }
}
