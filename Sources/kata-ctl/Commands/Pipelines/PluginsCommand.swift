import ArgumentParser
import Kata
import KataAPI
import KataClient
import KataCommand

struct PluginsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugins",
        abstract: "Lists the sources and handlers that there are, and tries out your own.",
        discussion: "Without a subcommand it takes the options of list, such as --json.",
        subcommands: [PluginListCommand.self, PluginTestCommand.self],
        defaultSubcommand: PluginListCommand.self
    )
}

struct PluginListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the plugins of a running daemon: what is there, from where, and is it well?"
    )

    @OptionGroup var daemon: SocketOption

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func run() async throws {
        let plugins = try await daemon.client.plugins()
        if json { return try StandardOutput.printJSON(plugins) }
        try StandardOutput.printLine(PluginTable(plugins, width: Screen.width).lines.joined(separator: "\n"))
    }
}
