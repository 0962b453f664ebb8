import Foundation
import Kata

/// What the `exec` handler is told to run.
struct ExecConfiguration: Sendable {
    /// How a job's item reaches the process.
    enum ItemPassing: Sendable {
        case standardInput
        /// In the place of `{item}` in the arguments.
        case argument
        /// As `KATA_ITEM`.
        case environment
        case nothing
    }

    /// What a process gets of the daemon's own environment.
    private static let inherited = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR"]
    private static let defaultPath = "/usr/local/bin:/usr/bin:/bin"
    private static let jobVariables = ["KATA_JOB_ID", "KATA_ATTEMPT", "KATA_PIPELINE", "KATA_CONSUMER_ID", "KATA_ITEM"]
    static let placeholder = "{item}"

    let killAfter: Duration
    let outputLimit: Int
    private let path: String
    private let arguments: [String]
    private let passing: ItemPassing
    private let environment: [String]
    private let directory: String?
    private let identity: ProcessLaunch.Identity?
    private let limits: [ProcessLaunch.Limit]

    /// Reads the handler's keys. Faults are noted in the section.
    init(_ section: inout ConfigurationSection) {
        killAfter = section.duration("kill_after", default: .seconds(5))
        outputLimit = section.integer("output_limit", in: 0...JobContext.outputLimit, default: JobContext.outputLimit)
        directory = section.optionalString("directory")
        let isShell = section.boolean("shell", default: false)
        var command = Self.command(&section, isShell: isShell)
        if isShell, let text = command.first { command = ["/bin/sh", "-c", text] }
        arguments = command
        passing = Self.passing(&section, command: command, isShell: isShell)
        let user = ExecUser(&section)
        identity = user?.identity
        var variables = Self.variables(&section)
        if let user { variables.merge(user.environment) { configured, _ in configured } }
        let inherits = section.strings("inherit", default: Self.inherited)
        for (name, value) in ProcessInfo.processInfo.environment where inherits.contains(name) && variables[name] == nil
        {
            variables[name] = value
        }
        // The job's own are not for the configuration to set.
        variables = variables.filter { !Self.jobVariables.contains($0.key) }
        let searchPath = variables["PATH"] ?? Self.defaultPath
        variables["PATH"] = searchPath
        environment = variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        limits = ExecLimits.read(&section)
        path = Self.find(command.first, in: searchPath, &section)
        if let directory {
            var status = stat()
            if stat(directory, &status) != 0 {
                section.fault("directory", "is '\(directory)', which is not there, expected a directory")
            } else if status.st_mode & S_IFMT != S_IFDIR {
                section.fault("directory", "is '\(directory)', which is no directory, expected a directory")
            }
        }
    }

    /// The process for a job.
    ///
    /// - Throws: ``JobFailure`` if the item can't be passed on.
    func launch(for job: Job, in context: JobContext) throws -> ProcessLaunch {
        var arguments = arguments
        var environment = environment
        // These come last, and no others are called so.
        environment += [
            "KATA_JOB_ID=\(job.id)", "KATA_ATTEMPT=\(job.attempt)", "KATA_PIPELINE=\(context.pipeline)",
            "KATA_CONSUMER_ID=\(context.consumerID)",
        ]
        switch passing {
        case .standardInput, .nothing: break
        case .argument:
            try checkHasNoNUL(job)
            for index in arguments.indices.dropFirst() {
                arguments[index] = arguments[index].replacingOccurrences(of: Self.placeholder, with: job.item)
            }
        case .environment:
            try checkHasNoNUL(job)
            environment.append("KATA_ITEM=\(job.item)")
        }
        return ProcessLaunch(
            path: path, arguments: arguments, environment: environment, directory: directory, identity: identity,
            limits: limits
        )
    }

    /// What a job's process reads.
    func input(for job: Job) -> [UInt8]? {
        switch passing {
        case .standardInput: Array(job.item.utf8)
        case .argument, .environment, .nothing: nil
        }
    }

    private func checkHasNoNUL(_ job: Job) throws {
        if job.item.utf8.contains(0) {
            throw JobFailure("the item holds a NUL, which only 'item: stdin' can pass on", retry: .never)
        }
    }

    private static func command(_ section: inout ConfigurationSection, isShell: Bool) -> [String] {
        if isShell {
            let text = section.string("command")
            if text.contains(placeholder) {
                section.fault(
                    "command",
                    "has \(placeholder) in a shell's command, where an item could do anything, expected \"$KATA_ITEM\"")
            }
            return [text]
        }
        let command = section.strings("command", expected: "a list such as [program, argument, \"{item}\"]")
        if let program = command.first, program.contains(placeholder) {
            section.fault("command", "has \(placeholder) as its program, expected it in an argument")
        }
        return command
    }

    private static func passing(
        _ section: inout ConfigurationSection, command: [String], isShell: Bool
    ) -> ItemPassing {
        let hasPlaceholder = !isShell && command.dropFirst().contains { $0.contains(placeholder) }
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

    private static func variables(_ section: inout ConfigurationSection) -> [String: String] {
        guard let node = section.optionalNode("environment") else { return [:] }
        guard case .map(let entries) = node.value else {
            section.fault("environment", "is \(node.summary), expected a map such as { NAME: value }")
            return [:]
        }
        var variables: [String: String] = [:]
        for entry in entries {
            guard let text = entry.node.scalarText, !entry.key.isEmpty, !entry.key.contains("="),
                !entry.key.contains("\0"),
                !text.contains("\0")
            else {
                section.report.add(
                    "'\(entry.key)' can't be set to \(entry.node.summary), expected a name and a text",
                    at: entry.node.origin)
                continue
            }
            variables[entry.key] = text
        }
        return variables
    }

    /// The program from the root.
    private static func find(_ program: String?, in searchPath: String, _ section: inout ConfigurationSection) -> String
    {
        guard let program, !program.isEmpty else { return "" }
        let candidates =
            program.contains("/")
            ? [program] : searchPath.split(separator: ":").map { "\($0)/\(program)" }
        for candidate in candidates {
            var status = stat()
            if stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG, access(candidate, X_OK) == 0 {
                return URL(fileURLWithPath: candidate).path
            }
        }
        let place = program.contains("/") ? "" : " in \(searchPath)"
        section.fault("command", "begins with '\(program.abbreviated)', which is no executable file\(place)")
        return program
    }
}
