import ArgumentParser
import Foundation
import Kata
import KataAPI
import KataClient
import KataCommand
import KataConfig

struct ExecCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Puts a command in line, and prints the id of its job once that is safe on the disk.",
        usage: "kata-ctl exec [OPTIONS] [--] COMMAND [ARGUMENT…]",
        discussion: """
            The command runs in this directory, in its turn, without a terminal and with nothing to read. Of this environment only \
            the variables of --env go along, and TRACEPARENT; their values are shown nowhere. Options come before the command.

            It goes to your own daemon, 'katad --user', unless another one is named. There is no shell around it: \
            'kata-ctl exec -- sh -c "make && make install"' has one.
            """
    )

    @Option(
        help: "The daemon's socket. Default: $KATA_SOCKET, or $XDG_RUNTIME_DIR/kata/kata.sock.", completion: .file())
    var socket: String?

    @Option(help: "The pipeline; its consumer is 'plugin: command'.")
    var pipeline = "commands"

    @Option(help: "A variable that goes along, as it is here, or as NAME=VALUE; may be given several times.")
    var env: [String] = []

    @Option(help: "Where the command runs. Default: here.")
    var directory: String?

    @OptionGroup(title: "Options of the job") var options: SubmitOptions

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    @Argument(parsing: .captureForPassthrough, help: "The program, and its arguments.")
    var command: [String] = []

    /// What is submitted as the item.
    private struct Item: Encodable {
        let command: [String]
        let directory: String
        let environment: [String: String]
    }

    private var words: [String] { Array(command.first == "--" ? command.dropFirst() : command[...]) }

    func validate() throws {
        // What is passed on has these as well.
        if ["--help", "-h"].contains(command.first) { throw CleanExit.helpRequest(self) }
        if let option = command.first, option.hasPrefix("-"), option != "--" {
            throw ValidationError("there is no option '\(option)'; a program of that name comes behind --")
        }
        guard let program = words.first else {
            throw ValidationError("name a command, such as 'kata-ctl exec -- make all'")
        }
        if program.isEmpty { throw ValidationError("the command is empty") }
        if options.when != nil && options.after.isEmpty { throw ValidationError("--when needs --after") }
    }

    func run() async throws {
        let item = Item(
            command: words, directory: try absoluteDirectory(),
            environment: try variables(ProcessInfo.processInfo.environment))
        let lines = try options.lines(for: [String(decoding: JSON.encode(item), as: UTF8.self)])
        let socket = try ClientSocket.ofUser(named: socket)
        var report = SubmitReport(isJSON: json)
        do {
            try await report.add(ControlClient(socket: socket.path).submit(lines, to: pipeline, from: .ofEnvironment))
        } catch ControlClientError.notReachable(let path, let reason) where !socket.isNamed {
            throw ControlClientError.notReachable(
                socket: path, reason: "\(reason): commands go to a daemon of your own, which 'katad --user' is")
        }
        try report.finish()
    }

    private func absoluteDirectory() throws -> String {
        let path = directory ?? "."
        guard let resolved = realpath(path, nil) else {
            throw UsageError("cannot use the directory '\(path)': \(String(cString: strerror(errno)))")
        }
        defer { free(resolved) }
        guard let text = String(validatingCString: resolved) else {
            throw UsageError("the path of the directory '\(path)' is not valid UTF-8")
        }
        return text
    }

    private func variables(_ own: [String: String]) throws -> [String: String] {
        var variables: [String: String] = [:]
        for text in env {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard let value = parts.count > 1 ? String(parts[1]) : own[name] else {
                throw UsageError("--env is '\(name)', which is not set here; set it, or say --env \(name)=VALUE")
            }
            variables[name] = value
        }
        return variables
    }
}
