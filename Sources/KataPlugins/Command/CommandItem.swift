import Kata

/// A command that a job brings: what the item of a pipeline with `plugin: command` says.
struct CommandItem: Hashable, Sendable {
    /// The program, and its arguments.
    let command: [String]
    /// Where it is run; `nil` means where the pipeline says.
    let directory: String?
    /// Variables in place of those that the pipeline gives, or besides them.
    let environment: [String: String]

    private static let expected = "expected one such as {\"command\": [\"make\", \"all\"]}; 'kata-ctl exec' makes it"

    /// What is stored: the same, with what is shown of it first.
    var json: String {
        var json = JSONWriter()
        json.object { json in
            json.field(ShownItem.field, shown)
            json.key("command")
            json.list { json in
                for word in command { json.string(word) }
            }
            if let directory { json.field("directory", directory) }
            json.key("environment")
            json.object { json in
                for (name, value) in environment.sorted(by: { $0.key < $1.key }) { json.field(name, value) }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// The command as in a shell, with the names of its variables, and its directory behind it: `LANG=… make all # in /srv/app`.
    var shown: String {
        let names = environment.keys.sorted().map { "\($0)=…" }
        let place = directory.map { ["# in \($0)"] } ?? []
        return (names + command.map(Self.quoted) + place).joined(separator: " ")
    }

    private static func node(of item: String) throws(JobFault) -> ConfigurationNode {
        let node = try Array(item.utf8).withUnsafeBufferPointer { bytes throws(JobFault) in
            var scanner = JSONScanner(bytes)
            do {
                let node = try ConfigurationNode(json: &scanner, origin: .setting("the item"))
                return scanner.peek() == nil ? node : nil
            } catch {
                throw JobFault(description: "the item is no command, \(expected)")
            }
        }
        guard let node, case .map(let entries) = node.value else {
            throw JobFault(description: "the item is no command, \(expected)")
        }
        // What is shown is made anew.
        return ConfigurationNode(.map(entries.filter { $0.key != ShownItem.field }), origin: node.origin)
    }

    private static func environment(_ section: inout ConfigurationSection) -> [String: String] {
        guard let node = section.optionalNode("environment") else { return [:] }
        guard case .map(let entries) = node.value else {
            section.fault("environment", "is \(node.kind), expected an object such as {\"LANG\": \"C\"}")
            return [:]
        }
        var variables: [String: String] = [:]
        for entry in entries {
            let name = entry.key
            if name.isEmpty || name.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "=") }) {
                section.fault("environment", "has '\(name.abbreviated)', which can't name a variable")
            } else if ProcessSettings.ownVariables.contains(name) {
                section.fault("environment", "has '\(name)', which the daemon sets itself")
            } else if let text = entry.node.scalarText, !text.utf8.contains(0) {
                variables[name] = text
            } else {
                section.fault("environment", "has no text without NUL for '\(name.abbreviated)'")
            }
        }
        return variables
    }

    /// As a shell takes it for one word.
    private static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "_@%+=:,./-".utf8.contains(byte)
                }
            }
        return isPlain
            ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

extension CommandItem {
    /// Reads `{"command": ["make", "all"], "directory": "/srv/app", "environment": {"LANG": "C"}}`, of which only the command has
    /// to be there, or what ``json`` has made of it.
    ///
    /// - Throws: ``JobFault``, which tells no value of a variable.
    init(_ item: String) throws(JobFault) {
        let report = ConfigurationSection.Report()
        var section = ConfigurationSection(try Self.node(of: item), title: "the command", report: report)
        command = section.strings("command", expected: "a list such as [\"make\", \"all\"]")
        directory = section.optionalString("directory")
        environment = Self.environment(&section)
        if command.first?.isEmpty ?? false { section.fault("command", "begins with an empty text, expected a program") }
        if let directory, !directory.hasPrefix("/") {
            section.fault("directory", "is '\(directory.abbreviated)', expected a path from the root")
        }
        section.finish()
        if !report.faults.isEmpty {
            throw JobFault(description: report.faults.map(\.message).joined(separator: "; "))
        }
    }
}
