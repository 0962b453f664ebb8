import ArgumentParser
import Glibc
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
        exit(await run(plugins: register))
    }

    /// The same as ``main(plugins:)`` for programs that have something to do afterwards.
    ///
    /// - Returns: the exit code. If something went wrong, standard error says what.
    public static func run(plugins register: @Sendable (inout PluginRegistry) -> Void = { _ in }) async -> Int32 {
        var registry = PluginRegistry.builtIn
        register(&registry)
        do {
            try await DaemonCommand.parse().run(plugins: registry)
            return EXIT_SUCCESS
        } catch {
            let code = DaemonCommand.exitCode(for: error).rawValue
            let message = DaemonCommand.fullMessage(for: error)
            if code == EXIT_SUCCESS {
                // What was asked for, such as the help. Whoever can't be shown that can't be told so, either.
                try? StandardOutput.printLine(message)
            } else if !message.isEmpty {
                printError(message)
            }
            return code
        }
    }
}
