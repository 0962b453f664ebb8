import Foundation
import Kata
import KataConfig
import KataPlugins
import KataSQLite
import Logging

/// The configuration as the command line and the environment have it.
extension DaemonCommand {
    var paths: DefaultPaths { DefaultPaths(forUser: user) }

    /// The configuration's file; with a text that is read in its place where there is none and none is needed.
    var configurationSource: (path: String, text: String?) {
        if let config { return (config, nil) }
        let path = paths.configuration
        guard user, !paths.isConfigurationNamed, access(path, F_OK) != 0, errno == ENOENT else { return (path, nil) }
        return ("katad --user", UserConfiguration.text)
    }

    /// - Parameter clock: what plugins go by.
    func readConfiguration(
        _ plugins: PluginRegistry, clock: any WallClock = SystemWallClock(), logger: Logger
    ) throws -> DaemonConfiguration {
        let (path, text) = configurationSource
        // Whoever has named no place may not know that there has to be one.
        if config == nil, text == nil, access(path, F_OK) != 0, errno == ENOENT {
            throw ConfigurationFaults(
                in: path,
                "there is no configuration, expected one; 'kata-ctl init' writes one to begin with, and --config says where it is"
            )
        }
        return try DaemonConfiguration(
            path: path,
            text: text,
            overrides: overrides,
            paths: paths,
            registry: plugins,
            context: PluginContext(
                wallClock: clock, logger: logger, pluginsDirectory: PluginDirectory.defaultPath),
            databaseFiles: DatabaseFiles.paths
        )
    }

    /// The command line goes before the environment.
    private var overrides: ConfigurationOverrides {
        var overrides = ConfigurationOverrides(environment: ProcessInfo.processInfo.environment)
        overrides.pipelineName = pipeline
        overrides.daemon += values([("database", database), ("socket", socket), ("log_level", logLevel)])
        overrides.pipeline = values([
            ("queue_size", queueSize), ("item_count", itemCount), ("worker_count", workerCount),
        ])
        return overrides
    }

    private func values(_ options: [(key: String, text: String?)]) -> [ConfigurationOverrides.Value] {
        options.compactMap { key, text in
            text.map { .init(key: key, text: $0, source: "--\(key.replacingOccurrences(of: "_", with: "-"))") }
        }
    }
}
