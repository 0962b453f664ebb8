import Foundation
import Kata

/// A crontab as a configuration that does what it does.
package struct Crontab {
    /// What can't be carried over, or is another way here.
    package struct Note: Hashable, Sendable {
        /// The line of the crontab, from 1.
        package let line: Int
        /// A sentence for people.
        package let text: String
    }

    private struct Entry {
        let name: String
        let cron: String
        let zone: String
        let command: String
    }

    /// In the order of the lines.
    package private(set) var notes: [Note] = []
    /// How many entries the configuration has.
    package var entryCount: Int { entries.values.reduce(0) { $0 + $1.count } }

    private let hasUsers: Bool
    private let pipeline: String
    /// By user, with an empty name where the crontab has none.
    private var entries: [String: [Entry]] = [:]
    private var zone: String
    private var shell = "/bin/sh"
    private var variables: [(name: String, value: String)] = []
    private var names: Set<String> = []
    private static let shorthands = ["@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"]
    private static let nameLimit = 40
    /// How many bytes the name of a variable may have: a key of YAML may have no more than 1,024 characters.
    private static let variableLimit = 255

    /// - Parameters:
    ///   - hasUsers: whether each line names a user before its command.
    ///   - timeZone: that the times are of, where the crontab does not say so itself.
    ///   - pipeline: the name that the pipeline gets.
    package init(_ text: String, hasUsers: Bool, timeZone: String, pipeline: String) {
        self.hasUsers = hasUsers
        self.pipeline = pipeline
        zone = timeZone == "GMT" ? "UTC" : timeZone
        let lines = text.replacingOccurrences(of: "\r\n", with: "\n").split(
            separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            if !line.hasPrefix("#"), !Self.isPlain(line) {
                notes.append(
                    Note(
                        line: index + 1,
                        text: "left out, because it holds what can't be printed"))
                continue
            }
            if line.isEmpty || line.hasPrefix("#") { continue }
            if let (name, value) = Self.assignment(line) {
                take(name, value, line: index + 1)
            } else {
                take(line, number: index + 1)
            }
        }
    }

    /// The configuration as YAML, with the notes in it.
    package var configuration: String {
        var lines = ["# Made of a crontab. Try it with: katad --config FILE --check"]
        lines += notes.map { "# Line \($0.line): \($0.text)".printable }
        if entryCount == 0 { return (lines + ["pipelines: {}"]).joined(separator: "\n") + "\n" }
        lines.append("pipelines:")
        var pipelines: Set<String> = []
        for (user, entries) in entries.sorted(by: { $0.key < $1.key }) {
            let stem = user.isEmpty ? pipeline : "\(pipeline)-\(Self.name(user))"
            lines += [
                "  \(Self.newName(stem, among: &pipelines)):", "    queue_size: 10",
                "    # As many at once as there are workers; cron itself has no limit.", "    worker_count: 10",
                "    producer:", "      plugin: schedule", "      entries:",
            ]
            for entry in entries {
                let keys = [
                    "cron: \(Self.quoted(entry.cron))", "time_zone: \(Self.quoted(entry.zone))",
                    "item: \(Self.quoted(entry.command))", "missed: skip",
                ]
                lines.append("        \(entry.name): { \(keys.joined(separator: ", ")) }")
            }
            lines += ["    consumer:", "      plugin: exec"]
            if !user.isEmpty { lines.append("      user: \(Self.quoted(user))") }
            lines += [
                "      # The item is the command.",
                "      command: [\(Self.quoted(shell)), -c, 'eval \"$KATA_ITEM\"']", "      item: environment",
            ]
            if !variables.isEmpty {
                let pairs = variables.map { "\($0.name): \(Self.quoted($0.value))" }
                lines.append("      environment: { \(pairs.joined(separator: ", ")) }")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Whether a line is the same in every reader of YAML.
    private static func isPlain(_ line: String) -> Bool {
        line.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control: scalar == "\t"
            case .lineSeparator, .paragraphSeparator, .unassigned, .surrogate, .privateUse: false
            default: scalar != "\u{feff}"
            }
        }
    }

    /// A line such as `NAME = "value"`; `nil` if it is none.
    private static func assignment(_ line: String) -> (name: String, value: String)? {
        guard let mark = line.firstIndex(of: "="), let first = line.first, !first.isNumber else { return nil }
        let name = line[..<mark].trimmingCharacters(in: .whitespaces)
        guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) else {
            return nil
        }
        var value = line[line.index(after: mark)...].trimmingCharacters(in: .whitespaces)
        for quote in ["\"", "'"] where value.count > 1 && value.hasPrefix(quote) && value.hasSuffix(quote) {
            value = String(value.dropFirst().dropLast())
        }
        return (name, value)
    }

    private mutating func take(_ name: String, _ value: String, line: Int) {
        func note(_ text: String) { notes.append(Note(line: line, text: text)) }
        switch name {
        case "MAILTO", "MAILFROM":
            note(
                "\(name) has no meaning here: what a command prints is kept with its job, and on_failure of a pipeline "
                    + "tells of failures (docs/jobs.md)")
        case "CRON_TZ", "TZ":
            if LocalTime(zone: value) == nil {
                note("\(name) is '\(value.abbreviated)', which is no time zone here; the times stay in \(zone)")
            } else {
                zone = value
            }
        case "SHELL":
            if entryCount > 0 && value != shell { note("SHELL is another one than before, and holds for all entries") }
            shell = value
        case "RANDOM_DELAY", "START_HOURS_RANGE": note("\(name) can't be carried over: times are exact here")
        case _ where name.utf8.count > Self.variableLimit:
            note(
                "a variable's name has \(name.utf8.count) bytes, and is left out; expected at most \(Self.variableLimit)"
            )
        default:
            let before = variables.firstIndex { $0.name == name }
            if entryCount > 0, before.map({ variables[$0].value != value }) ?? true {
                note("\(name) is set after other entries, and holds for all of them")
            }
            if let before { variables.remove(at: before) }
            variables.append((name, value))
        }
    }

    private mutating func take(_ line: String, number: Int) {
        func refuse(_ reason: String) {
            notes.append(Note(line: number, text: "left out, because \(reason): \(line.shortened(to: 200))"))
        }
        let isWord = line.hasPrefix("@")
        let count = (isWord ? 1 : 5) + (hasUsers ? 1 : 0)
        let parts = line.split(maxSplits: count, omittingEmptySubsequences: true, whereSeparator: \.isWhitespace)
        guard parts.count == count + 1 else {
            return refuse(hasUsers ? "it has no time, user and command" : "it has no time and command")
        }
        let cron = parts.prefix(isWord ? 1 : 5).joined(separator: " ")
        if isWord, !Self.shorthands.contains(cron.lowercased()) {
            return refuse(
                cron.lowercased() == "@reboot"
                    ? "@reboot is no time; have a unit of systemd do it" : "'\(cron)' is no time that Kata knows")
        }
        do {
            if try CronExpression(cron).next(after: .now(), in: .utc) == nil { return refuse("that time never comes") }
        } catch {
            return refuse("its time \(error)")
        }
        guard let command = Self.command(parts[count].trimmingCharacters(in: .whitespaces)) else {
            return refuse(
                "it gives its command a standard input by %; write it with a pipe, or a here-document in a script")
        }
        if command.contains("\t") { return refuse("its command holds a tab; write it with blanks, or as a script") }
        if command.contains("{time}") {
            return refuse("{time} in its command would be taken for the time that it is due")
        }
        let user = hasUsers ? String(parts[count - 1]) : ""
        entries[user, default: []].append(Entry(name: newName(for: command), cron: cron, zone: zone, command: command))
    }

    /// The command with `\%` as `%`; `nil` if a `%` begins what it is to read.
    private static func command(_ text: String) -> String? {
        let bare = text.replacingOccurrences(of: "\\%", with: "")
        return bare.contains("%") ? nil : text.replacingOccurrences(of: "\\%", with: "%")
    }

    /// A name that tells people what the command does, and that no other entry has.
    private mutating func newName(for command: String) -> String {
        let words = command.split(whereSeparator: \.isWhitespace).map(String.init)
        // Behind variables that are set for it.
        let program = words.first { !$0.contains("=") } ?? "entry"
        let stem = Self.name(program.split(separator: "/").last.map(String.init) ?? program)
        return Self.newName(stem, among: &names)
    }

    /// The stem, with a number if that name is taken.
    private static func newName(_ stem: String, among names: inout Set<String>) -> String {
        var name = stem
        var number = 1
        while !names.insert(name).inserted {
            number += 1
            name = "\(stem)-\(number)"
        }
        return name
    }

    /// The letters and digits of a text, with dashes between them.
    private static func name(_ text: String) -> String {
        let parts = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }
        let name = parts.joined(separator: "-").prefix(nameLimit)
        // A number, or a word such as yes, would be read as something else than a name by some.
        return name.isEmpty ? "entry" : name.first.map { $0.isLetter } == true ? String(name) : "entry-\(name)"
    }

    private static func quoted(_ text: String) -> String {
        var json = JSONWriter()
        json.string(text)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
