import Foundation
import Kata

/// What a plugin's processes are started with, whatever they are for.
struct ProcessSettings: Sendable {
    /// The variables that a process gets of the daemon's own environment, unless `inherit` says otherwise.
    private static let inherited = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR"]
    private static let defaultPath = "/usr/local/bin:/usr/bin:/bin"
    /// The variables that the daemon sets itself, and the configuration can't.
    static let ownVariables = [
        "KATA_JOB_ID", "KATA_ATTEMPT", "KATA_PIPELINE", "KATA_CONSUMER_ID", "KATA_ITEM", "KATA_PLUGIN_PROTOCOL",
        "KATA_CHECKPOINT", "KATA_PROGRESS_FD",
    ]

    private static let defaultKillAfter = Duration.seconds(5)

    /// How long a process may take to end once it was told to.
    let killAfter: Duration
    let environment: [String]
    private let searchPath: String
    let directory: String?
    let identity: ProcessLaunch.Identity?
    let limits: [ProcessLaunch.Limit]
    let groups: ControlGroupPool?

    /// Reads the keys that all plugins with processes have. Faults are noted in the section.
    init(_ section: inout ConfigurationSection, pipeline: String, groups: ControlGroups.State) {
        killAfter = section.duration("kill_after", default: Self.defaultKillAfter)
        directory = section.optionalPath("directory")
        let user = ProcessUser(&section)
        identity = user?.identity
        var variables = Self.variables(&section)
        if let user { variables.merge(user.environment) { configured, _ in configured } }
        let inherits = section.strings("inherit", default: Self.inherited)
        for (name, value) in ProcessInfo.processInfo.environment where inherits.contains(name) && variables[name] == nil
        {
            variables[name] = value
        }
        variables = variables.filter { !Self.ownVariables.contains($0.key) }
        searchPath = variables["PATH"] ?? Self.defaultPath
        variables["PATH"] = searchPath
        environment = variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        limits = ProcessLimits.read(&section)
        let groupLimits = ControlGroupLimits(&section, groups)
        self.groups =
            switch groups {
            case .untouched, .unavailable: nil
            case .available(let parent): ControlGroupPool(parent, pipeline: pipeline, limits: groupLimits)
            }
        if let directory, !directory.isEmpty {
            // What gives no answer is looked at when a process starts there.
            switch FileQuestion.ask(.optional, { FileType(of: directory) }) {
            case .directory, nil: break
            case .nothing: section.fault("directory", "is '\(directory)', which is not there, expected a directory")
            case .other: section.fault("directory", "is '\(directory)', which is no directory, expected a directory")
            }
        }
    }

    /// The settings of a program that comes with Kata: it runs as the daemon does, where the daemon does, and finds in
    /// its environment what its dynamic linker and its resolver of names read there.
    static var companion: ProcessSettings {
        ProcessSettings(inheriting: ["LD_LIBRARY_PATH", "LOCALDOMAIN", "RES_OPTIONS"])
    }

    private init(inheriting names: [String]) {
        let variables = ProcessInfo.processInfo.environment.filter { names.contains($0.key) }
        environment = variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        killAfter = Self.defaultKillAfter
        searchPath = Self.defaultPath
        directory = nil
        identity = nil
        limits = []
        groups = nil
    }

    /// The program's path from the root; `nil` if there is none.
    ///
    /// - Parameter path: where to look for it; `nil` means in the directories that processes with these settings look in.
    func find(_ program: String, in path: String? = nil) -> String? {
        let directories = (path ?? searchPath).split(separator: ":")
        let candidates = program.contains("/") ? [program] : directories.map { "\($0)/\(program)" }
        return candidates.first(where: isExecutableFile).map { URL(fileURLWithPath: $0).path }
    }

    /// Where a program is looked for, for a fault's text; empty for a path.
    func place(of program: String, in path: String? = nil) -> String {
        program.contains("/") ? "" : " in \(path ?? searchPath)"
    }

    private static func variables(_ section: inout ConfigurationSection) -> [String: String] {
        guard let node = section.optionalNode("environment") else { return [:] }
        guard case .map(let entries) = node.value else {
            section.fault("environment", "is \(node.kind), expected a map such as { NAME: value }")
            return [:]
        }
        var variables: [String: String] = [:]
        for entry in entries {
            // Byte by byte: a '=' with an accent would be another character. The value may be a secret.
            guard let text = entry.node.scalarText, !entry.key.isEmpty,
                !entry.key.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "=") }), !text.utf8.contains(0)
            else {
                section.report.add(
                    "'\(entry.key.abbreviated)' can't be set to \(entry.node.kind), expected a name and a text",
                    at: entry.node.origin)
                continue
            }
            variables[entry.key] = text
        }
        return variables
    }
}

/// Whether there is a regular file at that path, or a link to one, that this process may execute. One that gives no answer is
/// none.
func isExecutableFile(_ path: String) -> Bool {
    FileQuestion.ask {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    } ?? false
}

/// What a path leads to.
private enum FileType {
    case nothing
    case directory
    case other

    init(of path: String) {
        var status = stat()
        if stat(path, &status) != 0 {
            self = .nothing
        } else {
            self = status.st_mode & S_IFMT == S_IFDIR ? .directory : .other
        }
    }
}
