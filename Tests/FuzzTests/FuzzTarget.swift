import Foundation
import Logging

@testable import Kata
@testable import KataConfig
@testable import KataPlugins

/// Something that reads what comes from outside. It has to say what is wrong, and must neither end the process nor go on for
/// ever.
enum FuzzTarget: String, CaseIterable, Sendable {
    case configuration, yaml, json, job, time, cron, crontab, plugin, cursor, address, program, text, command

    /// What was read can't be right.
    struct Finding: Error, CustomStringConvertible {
        let description: String
    }

    /// Has an input read.
    ///
    /// - Throws: ``Finding``.
    func read(_ bytes: [UInt8]) throws {
        switch self {
        case .configuration: try readConfiguration(bytes)
        case .yaml: try readYAML(bytes)
        case .json: try readJSON(bytes)
        case .job: try readJob(bytes)
        case .time: try readTime(String(decoding: bytes, as: UTF8.self))
        case .cron: try readCron(String(decoding: bytes, as: UTF8.self))
        case .crontab: try readCrontab(String(decoding: bytes, as: UTF8.self))
        // What is no message is thrown, and says why.
        case .plugin: _ = try? bytes.withUnsafeBufferPointer { try PluginMessage(line: $0) }
        case .cursor: try readCursor(String(decoding: bytes, as: UTF8.self))
        case .address: _ = URLCheck.problem(String(decoding: bytes, as: UTF8.self))
        case .program: _ = ProgramFile(beginning: bytes).reason(of: ENOENT)
        case .text: try readText(bytes)
        case .command: try readCommand(String(decoding: bytes, as: UTF8.self))
        }
    }

    private func readCommand(_ text: String) throws {
        // Whatever it is, and wherever it is cut, something can be shown of it.
        _ = ShownItem(text)
        // What is no command is thrown, and says why.
        guard let item = try? CommandItem(text) else { return }
        try require((try? CommandItem(item.json)) == item, "another command is read than was written: \(item.json)")
        try require(ShownItem(item.json).text == item.shown, "something else is shown: \(item.json)")
    }

    private func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        if !condition { throw Finding(description: message()) }
    }

    private func readConfiguration(_ bytes: [UInt8]) throws {
        let path = NSTemporaryDirectory() + "kata-fuzz-\(getpid()).yaml"
        defer { unlink(path) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        do {
            let configuration = try DaemonConfiguration(
                path: path, paths: DefaultPaths(environment: [:]), registry: .builtIn,
                context: PluginContext(logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }),
                databaseFiles: { [$0] })
            try require(!configuration.pipelines.isEmpty, "there are neither pipelines nor faults")
        } catch let faults as ConfigurationFaults {
            try check(faults, path)
        }
    }

    private func readYAML(_ bytes: [UInt8]) throws {
        do {
            let node = try ConfigurationFile.parse(String(decoding: bytes, as: UTF8.self), path: "fuzz.yaml")
            // What a plugin is told of it is JSON.
            var json = JSONWriter()
            node.write(to: &json)
            try json.bytes.withUnsafeBufferPointer { bytes in
                var scanner = JSONScanner(bytes)
                _ = try scanner.compactText()
                try require(scanner.peek() == nil, "the JSON of a configuration goes on")
            }
        } catch let faults as ConfigurationFaults {
            try check(faults, "fuzz.yaml")
        }
    }

    private func check(_ faults: ConfigurationFaults, _ path: String) throws {
        try require(!faults.faults.isEmpty, "there is no fault in the faults")
        for fault in faults.faults {
            let line = fault.description
            try require(line.utf8.count < 20_000 && !line.utf8.contains(0x0a), "a fault is no line of sensible length")
            try require(line.hasPrefix("\(path):"), "a fault has no place: \(line)")
        }
    }

    private func readJSON(_ bytes: [UInt8]) throws {
        let compact = bytes.withUnsafeBufferPointer { bytes -> String? in
            var scanner = JSONScanner(bytes)
            return try? scanner.compactText()
        }
        let node = bytes.withUnsafeBufferPointer { bytes -> ConfigurationNode? in
            var scanner = JSONScanner(bytes)
            return try? ConfigurationNode(json: &scanner, origin: .setting("fuzz"))
        }
        if node != nil { try require(compact != nil, "a tree was read, and no text") }
        guard let compact else { return }
        let again = Array(compact.utf8).withUnsafeBufferPointer { bytes -> String? in
            var scanner = JSONScanner(bytes)
            return try? scanner.compactText()
        }
        try require(again == compact, "what is compact is read as something else")
    }

    private func readJob(_ bytes: [UInt8]) throws {
        let now = Timestamp(milliseconds: 1_769_903_999_999)
        guard let job = bytes.withUnsafeBufferPointer({ try? NewJob(json: $0, now: now) }) else { return }
        do {
            try job.check()
        } catch {
            throw Finding(description: "a job was read that is beyond its limits: \(error)")
        }
        _ = job.runAt?.iso8601
    }

    private func readTime(_ text: String) throws {
        if let time = Timestamp(iso8601: text) {
            try require(Timestamp(iso8601: time.iso8601) == time, "'\(text)' is \(time.iso8601), which is another time")
        }
        if let duration = Duration(configuration: text) {
            try require(duration >= .zero && duration <= .seconds(365 * 86_400), "'\(text)' is \(duration)")
        }
        if let rate = RateLimit(configuration: text) { try require(rate.interval > .zero, "'\(text)' has no interval") }
    }

    private func readCron(_ text: String) throws {
        let expression: CronExpression
        do {
            expression = try CronExpression(text)
        } catch {
            try require("\(error)".utf8.count < 10_000, "a fault of \("\(error)".utf8.count) bytes")
            return
        }
        let now = Timestamp(milliseconds: 1_769_903_999_999)
        for zone in [LocalTime.utc, LocalTime(zone: "Europe/Berlin")].compactMap({ $0 }) {
            if let next = expression.next(after: now, in: zone) {
                try require(next > now, "'\(text)' comes in the past")
            }
        }
    }

    /// What is made of a crontab has to be a configuration, whatever the crontab holds.
    private func readCrontab(_ text: String) throws {
        for hasUsers in [false, true] {
            let crontab = Crontab(text, hasUsers: hasUsers, timeZone: "UTC", pipeline: "cron")
            let node: ConfigurationNode
            do {
                node = try ConfigurationFile.parse(crontab.configuration, path: "fuzz.yaml")
            } catch {
                // The one thing that is refused, and told to whoever imports it: brackets that stay open by the thousand.
                if text.utf8.count(where: { "[{".utf8.contains($0) }) > 1000, "\(error)".contains("nested too deeply") {
                    continue
                }
                throw Finding(description: "a crontab becomes what is no YAML: \(error)")
            }
            guard case .map(let pipelines) = node["pipelines"]?.value else {
                throw Finding(description: "a crontab becomes no pipelines")
            }
            let entries = pipelines.reduce(0) { count, pipeline in
                guard case .map(let entries) = pipeline.node["producer"]?["entries"]?.value else { return count }
                return count + entries.count
            }
            try require(
                entries == crontab.entryCount, "a crontab has \(crontab.entryCount) entries, and \(entries) are there")
        }
    }

    private func readCursor(_ text: String) throws {
        let cursor = ScheduleCursor(.at(cursor: text))
        let written = ScheduleCursor(.at(cursor: cursor.text))
        try require(written.text == cursor.text, "the cursor '\(cursor.text)' is written as another one")
        for name in ["a", "nightly"] {
            guard let time = cursor[name] else { continue }
            for period in [Int64(1_000), 86_400_000] {
                _ = Recurrence.every(milliseconds: period).last(
                    after: time, through: Timestamp(milliseconds: 1_769_903_999_999))
            }
        }
    }

    private func readText(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        for limit in [0, 1, 7, 40] {
            try require(text.prefix(bytes: limit).utf8.count <= limit, "a text is longer than \(limit) bytes")
            try require(
                text.prefix(scalars: limit).unicodeScalars.count <= limit, "a text is longer than \(limit) scalars")
            try require(text.utf8.starts(with: text.prefix(bytes: limit).utf8), "a text begins otherwise")
        }
        try require(!text.printable.utf8.contains { $0 < 0x20 }, "a text has control characters in it")
        var splitter = LineSplitter()
        var size = 0
        bytes.withUnsafeBufferPointer { bytes in
            splitter.append(bytes) { size = max(size, $0.unicodeScalars.count) }
            splitter.finish { size = max(size, $0.unicodeScalars.count) }
        }
        try require(size <= LineSplitter.lineLimit, "a line is too long")
        _ = nearest(to: text, in: ["queue_size", text])
    }
}
