import Glibc
public import Kata
import Logging

/// Runs an executable through the plugin protocol, and says what is wrong with it.
public struct PluginTest: Sendable {
    /// One thing that a plugin has to do, and why it does not.
    public struct Check: Codable, Hashable, Sendable {
        /// What the plugin has to do, such as `answers pings`.
        public let name: String
        /// What is wrong, in words; `nil` if it does it.
        public let problem: String?
    }

    /// What came of a test.
    public struct Report: Codable, Hashable, Sendable {
        /// The path of the executable.
        public let plugin: String
        /// As the plugin says itself; `nil` if it says none, or no hello.
        public let version: String?
        /// In the order in which they were made. If the process ends before its time, some are missing.
        public let checks: [Check]
    }

    /// What is tested, and with what.
    public struct Settings: Sendable {
        let plugin: PluginSettings
        let item: String
        let flood: Int
        let timeout: Duration

        /// - Parameters:
        ///   - item: one that the plugin does.
        ///   - flood: how many jobs it is given as fast as it takes them.
        ///   - timeout: how long a check may take, 30 seconds if `nil`; a hello has 10 seconds at the least.
        /// - Throws: ``ConfigurationFaults`` if there is no such executable, or the configuration is no map.
        public init(
            path: String, isSource: Bool, config: ConfigurationNode?, item: String, flood: Int,
            timeout: Duration? = nil
        ) throws {
            let timeout = timeout ?? .seconds(30)
            let report = ConfigurationSection.Report()
            let origin = config?.origin ?? .setting("plugins test")
            // A check that waits for the process has as long as any other.
            func entry(_ key: String, _ value: Duration) -> ConfigurationNode.Entry {
                let node = ConfigurationNode(.scalar("\(value.formattedSeconds)s"), origin: origin)
                return ConfigurationNode.Entry(key: key, keyOrigin: origin, node: node)
            }
            var entries = [
                entry("kill_after", timeout),
                entry("start_timeout", max(timeout, PluginSettings.defaultStartTimeout)),
            ]
            if let config { entries.append(.init(key: "config", keyOrigin: origin, node: config)) }
            var section = ConfigurationSection(
                ConfigurationNode(.map(entries), origin: origin), title: "the plugin", report: report)
            if !isExecutableFile(path) { report.add("'\(path)' is no executable file", at: origin) }
            plugin = PluginSettings(
                name: path, path: path, kind: isSource ? .source : .handler, &section, pipeline: "test")
            section.finish()
            try report.throwIfFaulty()
            self.item = item
            self.flood = max(0, flood)
            self.timeout = timeout
        }
    }

    private let settings: Settings
    private let logger = Logger(label: "plugin")

    /// Nothing is started before ``run(onCheck:)``.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// Starts the plugin, makes the checks one after the other, and ends it.
    ///
    /// - Parameter onCheck: told each result as soon as it is there.
    public func run(onCheck: (Check) -> Void) async -> Report {
        var checks: [Check] = []
        func note(_ name: String, _ problem: String?) {
            checks.append(Check(name: name, problem: problem))
            onCheck(checks[checks.count - 1])
        }
        let process: PluginProcess
        do {
            process = try await PluginProcess.start(
                settings.plugin, on: ProcessReactor(name: "kata-plugin"), logger: logger)
        } catch {
            note("says hello", "\(error)")
            return Report(plugin: settings.plugin.name, version: nil, checks: checks)
        }
        note("says hello", nil)
        for (name, check) in settings.plugin.kind == .handler ? handlerChecks(process) : sourceChecks(process) {
            if process.hasEnded { break }
            note(name, await problem(of: check))
        }
        note("answers nothing twice, and nothing that it was not asked", strayAnswers(process))
        note("ends with 0 after goodbye", await goodbye(process))
        return Report(plugin: settings.plugin.name, version: process.hello?.version, checks: checks)
    }

    private typealias NamedCheck = (name: String, run: @Sendable () async throws -> String?)

    private func handlerChecks(_ process: PluginProcess) -> [NamedCheck] {
        let awkward = "quotes \" ' and \\, line\nfeed, tab\t, NUL \0, é 😀"
        let large = String(repeating: "x", count: NewJob.itemLimit)
        return [
            (
                "does the item '\(settings.item)'",
                {
                    switch try await handle(settings.item, process) {
                    case .done: nil
                    case .failed(let error, _, _): "it failed: \(error); name one that it does with --item"
                    case .items: "it answered a job with items"
                    }
                }
            ),
            ("answers an item of all kinds of characters", { try await answers(awkward, process) }),
            ("answers an empty item", { try await answers("", process) }),
            ("answers an item of 1 MiB", { try await answers(large, process) }),
            ("answers a job that is cancelled", { try await cancel(process) }),
            ("answers \(counted(settings.flood, "job")), each once", { try await flood(process) }),
            ("answers pings", { process.hello?.answersPings == true ? try await answersPing(process) : nil }),
        ]
    }

    private func sourceChecks(_ process: PluginProcess) -> [NamedCheck] {
        [
            (
                "gives items, or says that there are none",
                {
                    let answer = try await process.request { PluginRequest.fetch(id: $0, limit: 10, cursor: nil) }
                    switch answer {
                    case .items(let items, let cursor, let isEnd):
                        if items.count > 10 { return "it gave \(items.count) items, and 10 were asked for" }
                        if items.isEmpty && !isEnd { return "it gave no item, and did not say that it is at its end" }
                        if cursor == nil && !isEnd {
                            return "it gave no cursor, so nothing could go on after a restart"
                        }
                        return nil
                    case .failed(let error, _, _): return "it failed: \(error)"
                    case .done: return "it answered with 'done'"
                    }
                }
            ),
            (
                "gives the same items again, as after a crash",
                {
                    let first = try await process.request { PluginRequest.fetch(id: $0, limit: 3, cursor: nil) }
                    let second = try await process.request { PluginRequest.fetch(id: $0, limit: 3, cursor: nil) }
                    guard case .items(let before, let cursor, _) = first, case .items(let after, let next, _) = second
                    else { return "it failed" }
                    return before == after && cursor == next ? nil : "it gave others, or another cursor"
                }
            ),
        ]
    }

    private func handle(_ item: String, _ process: PluginProcess) async throws -> PluginMessage.Answer {
        try await process.request { id in PluginRequest.job(Job(id: Job.ID(id), runID: 1, item: item), id: id) }
    }

    private func answers(_ item: String, _ process: PluginProcess) async throws -> String? {
        _ = try await handle(item, process)
        return nil
    }

    private func cancel(_ process: PluginProcess) async throws -> String? {
        let task = Task { try await handle(settings.item, process) }
        // Whether the plugin hears of the job before the cancellation is all the same.
        try await PreciseClock().sleep(for: .milliseconds(10))
        task.cancel()
        do {
            _ = try await task.value
        } catch is CancellationError {
            // The job was cancelled before the plugin was asked.
        }
        return nil
    }

    private func flood(_ process: PluginProcess) async throws -> String? {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<settings.flood {
                if index >= process.concurrency { try await group.next() }
                group.addTask { _ = try await handle(settings.item, process) }
            }
            try await group.waitForAll()
        }
        return nil
    }

    private func answersPing(_ process: PluginProcess) async throws -> String? {
        try await process.pingOnce()
        return nil
    }

    private func strayAnswers(_ process: PluginProcess) -> String? {
        process.strayAnswers == 0 ? nil : "\(process.strayAnswers) answers were to no open request"
    }

    private func goodbye(_ process: PluginProcess) async -> String? {
        if process.hasEnded { return "it has ended before: \(process.endReason)" }
        await process.leave()
        return process.endStatus == .exited(0) ? nil : process.endReason
    }

    /// What is wrong, be it that the check took too long; `nil` if nothing is.
    private func problem(of check: @escaping @Sendable () async throws -> String?) async -> String? {
        let timeout = settings.timeout
        do {
            return try await withThrowingTaskGroup(of: String?.self) { group in
                group.addTask { try await check() }
                group.addTask {
                    try await PreciseClock().sleep(for: timeout)
                    return "there was no answer within \(timeout.formattedSeconds) s"
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        } catch {
            return "\(error)"
        }
    }
}
