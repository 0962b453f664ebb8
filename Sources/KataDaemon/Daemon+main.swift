import ArgumentParser
public import Kata
import KataCommand
import KataPlugins

extension Daemon {
    /// Runs a daemon with the command line and the configuration file of `katad`, and with plugins of your own besides the
    /// built-in ones. Ends the process when it is over, with an exit code of `sysexits.h`.
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
    /// - Parameter register: adds the plugins, and the middleware.
    public static func main(plugins register: @Sendable (inout PluginRegistry) -> Void = { _ in }) async -> Never {
        var registry = PluginRegistry.builtIn
        register(&registry)
        do {
            try await DaemonCommand.parse().run(plugins: registry)
            DaemonCommand.exit()
        } catch {
            DaemonCommand.exit(withError: error)
        }
    }
}
