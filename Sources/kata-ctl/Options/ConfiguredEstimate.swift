import Kata
import KataAPI
import KataCommand
import KataConfig
import KataPlugins
import KataSQLite
import Logging

/// An estimate from a configuration, without a daemon.
enum ConfiguredEstimate {
    /// - Parameters:
    ///   - pipeline: `nil` means the only one.
    ///   - workers: how many to predict for; `nil` means as many as the pipeline has.
    /// - Throws: what is wrong with the configuration; ``UsageError`` if it tells no time.
    static func read(_ path: String, pipeline: String?, workers: Int?) throws -> EstimateDocument {
        var overrides = ConfigurationOverrides()
        overrides.pipelineName = pipeline
        let configuration = try DaemonConfiguration(
            path: path,
            overrides: overrides,
            paths: DefaultPaths(),
            registry: .builtIn,
            context: PluginContext(
                logger: Logger(label: "kata-ctl"), pluginsDirectory: PluginDirectory.defaultPath),
            databaseFiles: DatabaseFiles.paths
        )
        let pipelines = configuration.pipelines.map(\.configuration)
        let names = pipelines.map(\.name).joined(separator: ", ")
        guard let chosen = pipelines.first(where: { $0.name == pipeline ?? $0.name }),
            pipeline != nil || pipelines.count == 1
        else {
            throw UsageError("there are several pipelines; name one with --pipeline: \(names)")
        }
        guard let estimate = chosen.estimate else {
            throw UsageError("the handler of pipeline '\(chosen.name)' does not know how long an item takes")
        }
        return EstimateDocument(pipeline: chosen.name, estimate: estimate.with(workers: workers ?? estimate.workers))
    }
}
