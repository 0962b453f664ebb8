import ArgumentParser
import Glibc
public import Kata
import KataCommand
public import KataMetrics
import KataPlugins
public import Logging

extension Daemon {
    /// What the daemon counts and times, and offers at `/metrics`. A program that has set up the metrics system with it
    /// (`MetricsSystem.bootstrap(Daemon.metrics)`) has its own metrics offered there as well.
    public static var metrics: MetricRegistry { DaemonMetrics.registry }

    /// Runs a daemon with the command line and the configuration file of `katad`, and with plugins of your own besides
    /// the built-in ones. Ends the process when the daemon has ended, with an exit code of `sysexits.h`.
    ///
    /// ```swift
    /// @main
    /// struct PhotoDaemon {
    ///     static func main() async {
    ///         await Daemon.main { $0.register(handler: ResizeHandler.self) }
    ///     }
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - register: adds the plugins, and the middleware.
    ///   - metadataProvider: gives what belongs to every log entry of a task, such as the ids of a trace.
    public static func main(
        plugins register: @Sendable (inout PluginRegistry) -> Void = { _ in },
        metadataProvider: Logger.MetadataProvider? = nil
    ) async -> Never {
        exit(await run(plugins: register, metadataProvider: metadataProvider))
    }

    /// The same as ``main(plugins:metadataProvider:)`` for programs that have something to do afterwards.
    ///
    /// - Returns: the exit code. If something went wrong, standard error says what.
    public static func run(
        plugins register: @Sendable (inout PluginRegistry) -> Void = { _ in },
        metadataProvider: Logger.MetadataProvider? = nil
    ) async -> Int32 {
        do {
            // First of all, so that from here on no signal ends the process unheard.
            try DaemonSignal.trap()
            var registry = PluginRegistry.builtIn
            register(&registry)
            try await DaemonCommand.parse().run(plugins: registry, metadataProvider: metadataProvider)
            return EXIT_SUCCESS
        } catch let shortage as SystemShortage {
            printError("\(DaemonCommand.name): \(shortage)")
            return SystemExit(for: shortage).rawValue
        } catch {
            let code = DaemonCommand.exitCode(for: error).rawValue
            let message = DaemonCommand.fullMessage(for: error)
            if code == EXIT_SUCCESS {
                // What was asked for, such as the help. A reader who is gone can't be told that it failed, either.
                try? StandardOutput.printLine(message)
            } else if !message.isEmpty {
                printError(usageLine(of: message))
            }
            return code
        }
    }
}
