import Foundation
import Kata

/// What the `exec` handler is told to run.
struct ExecConfiguration: JobLauncher {
    /// How a job's item reaches the process.
    enum ItemPassing: Sendable {
        case standardInput
        /// In the place of `{item}` in the arguments.
        case argument
        /// As `KATA_ITEM`.
        case environment
        case nothing
    }

    /// Stands for the item in an argument.
    static let placeholder = "{item}"

    /// How much of a process's standard output is kept, in bytes.
    let outputLimit: Int
    let settings: ProcessSettings
    let path: String
    let arguments: [String]
    let passing: ItemPassing
    /// Whether a process may say how far it is, and leave checkpoints, on a descriptor of its own.
    let takesReports: Bool

    /// How long a process may take to end after SIGTERM, before SIGKILL.
    var killAfter: Duration { settings.killAfter }

    /// Reads the handler's keys. Faults are noted in the section.
    init(_ section: inout ConfigurationSection, pipeline: String, groups: ControlGroups.State) {
        settings = ProcessSettings(&section, pipeline: pipeline, groups: groups)
        outputLimit = section.integer("output_limit", in: 0...JobContext.outputLimit, default: JobContext.outputLimit)
        takesReports = section.boolean("progress", default: false)
        let isShell = section.boolean("shell", default: false)
        var command = Self.command(&section, isShell: isShell)
        if isShell, let text = command.first { command = ["/bin/sh", "-c", text] }
        arguments = command
        passing = Self.passing(&section, command: command, isShell: isShell)
        path = Self.find(command.first, settings, &section)
    }

    private static func command(_ section: inout ConfigurationSection, isShell: Bool) -> [String] {
        if isShell {
            let text = section.lines("command")
            if hasPlaceholder(text) {
                section.fault(
                    "command",
                    "has \(placeholder) in a shell's command, where an item could do anything, expected \"$KATA_ITEM\"")
            }
            return [text]
        }
        var command = section.strings("command", expected: "a list such as [program, argument, \"{item}\"]")
        guard let program = command.first else { return command }
        if hasPlaceholder(program) {
            section.fault("command", "has \(placeholder) as its program, expected it in an argument")
        }
        if let text = ShellText.find(in: command), hasPlaceholder(text) {
            section.fault(
                "command",
                "has \(placeholder) in a shell's command, where an item could do anything, "
                    + "expected \"$1\" there, and behind it the arguments sh and \"\(placeholder)\"")
        }
        command[0] = section.expand(program, "command") ?? ""
        return command
    }

    /// Unit by unit, as it is replaced: with an accent behind it, its last character would be another one.
    private static func hasPlaceholder(_ text: String) -> Bool {
        text.range(of: placeholder, options: .literal) != nil
    }

    private static func passing(
        _ section: inout ConfigurationSection, command: [String], isShell: Bool
    ) -> ItemPassing {
        let hasPlaceholder = !isShell && command.dropFirst().contains(where: Self.hasPlaceholder)
        let fallback: ItemPassing = hasPlaceholder ? .argument : isShell ? .environment : .standardInput
        let words: [(String, ItemPassing)] = [
            ("stdin", .standardInput), ("argument", .argument), ("environment", .environment), ("none", .nothing),
        ]
        let passing = section.choice("item", of: words, default: fallback) ?? fallback
        if case .argument = passing, !hasPlaceholder {
            section.fault("item", "is 'argument', and no argument of the command has \(placeholder)")
        }
        return passing
    }

    /// The program's path from the root. That there is no such program is noted in the section.
    private static func find(
        _ program: String?, _ settings: ProcessSettings, _ section: inout ConfigurationSection
    ) -> String {
        guard let program, !program.isEmpty else { return "" }
        if let path = settings.find(program) { return path }
        section.fault(
            "command",
            "begins with '\(program.abbreviated)', which is no executable file\(settings.place(of: program))")
        return program
    }
}
