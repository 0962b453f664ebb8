public import Kata
import KataCharts

/// A job with all that is known of it.
public struct JobPage: DashboardPage {
    struct AttemptLink: Sendable {
        let name: String
        let path: String
        let isCurrent: Bool
    }

    struct Fact: Sendable {
        let name: String
        var path: String?
        var text: String?
        var plain: String?
        var codes: [String] = []
    }

    struct Event: Sendable {
        /// What the mark beside it says: a state, or nothing.
        let `class`: String
        let time: TimeText
        let text: String
        let error: String?
    }

    struct Neighbour: Sendable {
        let id: Job.ID
        let isFirst: Bool
        let separator: String
    }

    /// Asks for another item.
    struct OtherItem: Sendable {
        let summary: String
        let action: String
        let item: String
        /// Tells the item from what somebody else has made of it meanwhile.
        let was: String
        let rows: Int
        /// `nil` if it can't be another one.
        let priority: String?
        let button: String
    }

    public let frame: PageFrame
    public let template = "job"
    public let regions = [
        PageRegion("job-state"), PageRegion("job-now"), PageRegion("output"), PageRegion("timeline"),
        PageRegion("depends"),
    ]
    let notice: Notice?
    let id: Job.ID
    let state: String
    let canRetry: Bool
    let canCancel: Bool
    let progress: ProgressText?
    let error: String?
    let explanation: String
    let facts: [Fact]
    let hasAttempts: Bool
    let attempts: [AttemptLink]
    let output: [OutputLine]
    let events: [Event]
    let item: String
    let itemSize: String
    let isItemShort: Bool
    let hasBlockers: Bool
    let blockers: [Neighbour]
    let hasDependents: Bool
    let dependents: [Neighbour]
    let hasMoreDependents: Bool
    let form: OtherItem?
    let commands: [CommandText]

    /// How many bytes of an item stand on the page.
    private static let itemLimit = 1 << 14
    /// How many bytes of an item are shown without being asked for.
    private static let shortItem = 200
    private static let attemptLimit = 20
    /// How many jobs that wait for it are named.
    public static let dependentLimit = 20

    /// - Parameters:
    ///   - consumer: who has the job in hand.
    ///   - shown: the number of the attempt whose output is shown.
    ///   - explanation: why the job does not run, or what else it does.
    public init(
        frame: PageFrame, notice: Notice? = nil, details: JobDetails, consumer: ConsumerStatus?, explanation: String,
        blockers: [Job.ID], dependents: [Job.ID] = [], shown: Int, output: [OutputLine], at now: Timestamp
    ) {
        let record = details.record
        self.frame = frame
        self.notice = notice
        id = record.job.id
        state = consumer == nil ? record.state.rawValue : "running"
        canRetry = record.state == .failed || record.state == .cancelled
        canCancel = !record.state.isFinal
        progress = consumer?.progress.map { ProgressText($0, of: record.job.id) }
        error = record.error.map { CutText($0, limit: Self.itemLimit).marked.printable }
        self.explanation = explanation.prefix(1).uppercased() + explanation.dropFirst() + "."
        facts = Self.facts(details, consumer)
        let numbers = Self.attemptNumbers(details, consumer)
        hasAttempts = numbers.count > 1
        attempts = numbers.suffix(Self.attemptLimit).map { number in
            AttemptLink(
                name: number == numbers.first ? "Attempt \(number)" : "\(number)",
                path: "/ui/jobs/\(record.job.id)?attempt=\(number)", isCurrent: number == shown)
        }
        self.output = output.isEmpty ? [OutputLine(class: "note", text: "It has printed nothing.\n")] : output
        events = Self.events(details, consumer, at: now)
        item = CutText(record.job.shownItem, limit: Self.itemLimit).marked
        itemSize = SizeText(bytes: Int64(record.itemBytes)).description
        isItemShort = record.itemBytes <= Self.shortItem
        hasBlockers = !blockers.isEmpty
        self.blockers = Self.neighbours(blockers)
        hasDependents = !dependents.isEmpty
        self.dependents = Self.neighbours(dependents.prefix(Self.dependentLimit))
        hasMoreDependents = dependents.count > Self.dependentLimit
        form = Self.form(record, isRunning: consumer != nil)
        commands = [
            "kata-ctl logs \(record.job.id)\(record.state.isFinal ? "" : " -f")", "kata-ctl explain \(record.job.id)",
            record.state.isFinal ? "kata-ctl retry \(record.job.id)" : "kata-ctl wait \(record.job.id)",
        ].map(CommandText.init)
    }

    private static func neighbours(_ ids: some Collection<Job.ID>) -> [Neighbour] {
        ids.enumerated().map { index, id in
            Neighbour(id: id, isFirst: index == 0, separator: index == ids.count - 1 ? "" : ", ")
        }
    }

    /// `nil` if there can't be another item, or if a form can't hold this one.
    private static func form(_ record: JobRecord, isRunning: Bool) -> OtherItem? {
        let item = record.job.item
        // Browsers send line breaks as CR and LF, whichever there were, and no NUL.
        let isText =
            !ShownItem(item).isReplaced && record.itemBytes <= itemLimit
            && !item.unicodeScalars.contains { $0 == "\r" || $0 == "\0" }
        guard isText, !isRunning, record.state != .done else { return nil }
        let rows = min(20, 1 + item.utf8.count { $0 == UInt8(ascii: "\n") } + item.utf8.count / 80)
        let path = "/ui/jobs/\(record.job.id)"
        if record.state.isFinal {
            return OtherItem(
                summary: "Retry with another item…", action: "\(path)/copy", item: item, was: fingerprint(of: item),
                rows: rows, priority: nil,
                button: "Add a copy")
        }
        return OtherItem(
            summary: "Change it before it begins…", action: "\(path)/edit", item: item, was: fingerprint(of: item),
            rows: rows,
            priority: "\(record.job.priority)", button: "Change")
    }

    /// Another one for another item.
    public static func fingerprint(of item: String) -> String {
        var checksum = Checksum()
        var item = item
        item.withUTF8 { checksum.add($0) }
        return String(checksum.value, radix: 16)
    }

    private static func attemptNumbers(_ details: JobDetails, _ consumer: ConsumerStatus?) -> [Int] {
        let current = consumer == nil ? [] : [details.record.job.attempt]
        return Array(Set(details.attempts.map(\.number) + current)).sorted()
    }

    private static func facts(_ details: JobDetails, _ consumer: ConsumerStatus?) -> [Fact] {
        let record = details.record
        let last = details.attempts.last
        func plain(_ name: String, _ text: String?) -> Fact? { text.map { Fact(name: name, plain: $0) } }
        func codes(_ name: String, _ texts: [String]) -> Fact? { texts.isEmpty ? nil : Fact(name: name, codes: texts) }
        let attempt = record.job.maxAttempts.map { "\(record.job.attempt) of \($0)" } ?? "\(record.job.attempt)"
        let cost = last?.cost
        return [
            Fact(name: "Pipeline", path: "/ui/pipelines/\(record.pipeline)", text: record.pipeline),
            plain("Attempt", attempt),
            plain("Running for", consumer?.busyTime.map { Words.duration($0.seconds) }),
            plain("Exit code", record.exitCode.map { "\($0)" }),
            plain("Took", consumer == nil ? details.lastDuration.map { Words.duration($0.seconds) } : nil),
            plain("Waited", last?.waited.map { Words.duration($0.seconds) }),
            plain(
                "CPU time",
                cost.map {
                    "\(Words.duration($0.userTime.seconds)) user, \(Words.duration($0.systemTime.seconds)) system"
                }),
            plain("Memory", cost?.peakMemory.map { "\(SizeText(bytes: $0)) at most" }),
            plain("Priority", "\(record.job.priority)"),
            plain("Timeout", record.job.timeout.map { Words.duration($0.seconds) }),
            plain("Interruptions", record.job.interruptions == 0 ? nil : "\(record.job.interruptions)"),
            codes("Key", [record.job.key].compactMap { $0?.printable }),
            codes("Unique", [record.uniqueKey].compactMap { $0?.printable }),
            codes("Tags", record.tags.map(\.printable)),
            record.copyOf.map { Fact(name: "Copy of", path: "/ui/jobs/\($0)", text: "job \($0)") },
            record.cancelledWith.map { Fact(name: "Cancelled with", path: "/ui/jobs/\($0)", text: "job \($0)") },
            codes(
                "Checkpoint",
                [details.checkpoint].compactMap { $0.map { CutText($0, limit: JobRow.textLimit).marked.printable } }),
        ].compactMap { $0 }
    }

    private static func events(_ details: JobDetails, _ consumer: ConsumerStatus?, at now: Timestamp) -> [Event] {
        let record = details.record
        func event(_ mark: String, _ time: Timestamp, _ text: String, _ error: String? = nil) -> Event {
            Event(
                class: mark, time: TimeText(time, at: now, hasMilliseconds: true), text: text,
                error: error.map { CutText($0, limit: JobRow.textLimit).marked.printable })
        }
        var events = [event("", record.createdAt, "created")]
        if details.attempts.count > attemptLimit {
            events.append(
                event("", record.createdAt, "… \(details.attempts.count - attemptLimit) attempts are left out"))
        }
        for attempt in details.attempts.suffix(attemptLimit) {
            let took = Words.duration(attempt.startedAt.duration(to: attempt.finishedAt).seconds)
            let code = attempt.exitCode.map { ", exit code \($0)" } ?? ""
            events.append(
                event(
                    attempt.error == nil ? "done" : "failed", attempt.finishedAt,
                    "attempt \(attempt.number) on \(attempt.consumerID) \(attempt.error == nil ? "was done" : "failed") after \(took)\(code)",
                    attempt.error))
        }
        if let time = consumer?.busyTime, let consumer {
            events.append(
                event(
                    "running", now.advanced(by: .zero - time), "attempt \(record.job.attempt) began on \(consumer.id)"))
        } else if record.state == .scheduled, let due = record.runAt {
            events.append(event("", due, "due, in \(Words.age(now.duration(to: due).seconds))"))
        } else if record.state == .failed || record.state == .cancelled, let time = record.finishedAt {
            events.append(
                event(
                    record.state == .failed ? "failed" : "", time,
                    record.state == .failed ? "failed for good" : "cancelled"))
        }
        return events
    }
}

/// A line that a job has printed.
public struct OutputLine: Sendable {
    /// `err` for standard error, `note` for what Kata says itself; `nil` for standard output.
    let `class`: String?
    let text: String

    /// How long it is.
    public var bytes: Int { text.utf8.count }

    /// - Parameter text: with its line break.
    public init(class: String? = nil, text: String) {
        self.class = `class`
        self.text = text
    }
}
