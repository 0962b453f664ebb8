import Kata
import KataAPI
import KataCommand

/// Jobs for people.
struct JobText {
    let time: TimeText
    /// The terminal's width in columns; `nil` where nothing is to be cut.
    let width: Int?
    let now: Timestamp

    /// One job with its attempts.
    func describe(_ job: JobDocument) -> [String] {
        var lines = ["job \(job.id), pipeline \(job.pipeline): \(state(of: job))"]
        func add(_ title: String, _ text: String?) {
            if let text { lines.append("  \(title.paddedRight(to: 13))\(text)") }
        }
        add("item", ExportFormat.escape(job.item))
        add("error", job.error?.printable)
        add("attempt", job.maxAttempts.map { "\(job.attempt) of \($0)" } ?? "\(job.attempt)")
        if job.priority != 0 { add("priority", "\(job.priority)") }
        add("unique", job.unique?.printable)
        add("key", job.key?.printable)
        add("timeout", job.timeoutSeconds.map(ShortDuration.text))
        if job.interruptions > 0 { add("interrupted", counted(job.interruptions, "time")) }
        add("created", time.text(job.createdAt))
        add("due", job.runAt.map { time.text($0) })
        add("finished", job.finishedAt.map { time.text($0) })
        guard let attempts = job.attempts, !attempts.isEmpty else { return lines }
        lines.append("")
        lines += table(attempts)
        for attempt in attempts {
            guard let output = attempt.output, !output.isEmpty else { continue }
            lines += ["", "  output of attempt \(attempt.attempt):"]
            lines += output.split(separator: "\n").map { "    \(String($0).replacing("\t", with: "    ").printable)" }
        }
        return lines
    }

    private func table(_ attempts: [JobDocument.Attempt]) -> [String] {
        var table = TextTable(
            [
                ("ATTEMPT", .right), ("CONSUMER", .left), ("STARTED", .left), ("FINISHED", .left), ("DURATION", .right),
                ("OUTCOME", .left),
            ], indent: 2)
        for attempt in attempts {
            table.add([
                "\(attempt.attempt)", attempt.consumerId, time.text(attempt.startedAt, milliseconds: true),
                time.text(attempt.finishedAt, milliseconds: true), duration(of: attempt),
                attempt.error.map { "failed: \($0.printable)" } ?? attempt.outcome,
            ])
        }
        // One job is asked for because of what is told of it, so nothing is cut.
        return table.lines(width: nil)
    }

    /// A job a line.
    func table(_ list: JobListDocument) -> [String] {
        if list.jobs.isEmpty { return ["no jobs"] }
        let columns = Column.allCases.filter { $0.isNeeded(for: list.jobs) }
        var table = TextTable(columns.map(\.heading) + [("ITEM", .left)])
        for job in list.jobs { table.add(columns.map { cell($0, of: job) } + [""]) }
        // The last column gets what the others leave.
        let room = width.map { max(0, $0 - table.lastColumnStart) }
        for (row, job) in list.jobs.enumerated() { table.setLastCell(of: row, to: work(of: job, room: room)) }
        var lines = table.lines(width: width)
        if let next = list.next { lines.append("… there may be more: --before \(next)") }
        return lines
    }

    /// The item and why it failed. Where there is not room for both, the item leaves half of it to the error.
    private func work(of job: JobDocument, room: Int?) -> String {
        let item = ExportFormat.escape(job.item)
        guard let error = job.error.map({ "  (\($0.printable))" }) else { return item }
        guard let room else { return item + error }
        return item.cut(toColumns: max(room / 2, room - error.columns)) + error
    }

    private func duration(of attempt: JobDocument.Attempt) -> String {
        guard let start = Timestamp(iso8601: attempt.startedAt), let end = Timestamp(iso8601: attempt.finishedAt) else {
            return "–"
        }
        return ShortDuration.text(Double(end.milliseconds - start.milliseconds) / 1_000)
    }

    private func state(of job: JobDocument) -> String {
        switch job.state {
        case "running": "running, in the hands of \(job.consumerId ?? "a consumer")"
        case "scheduled": "scheduled for \(job.runAt.map { time.text($0) } ?? "later")"
        default: job.state
        }
    }

    /// A column of the list of jobs before the last one.
    private enum Column: CaseIterable {
        case id, pipeline, state, attempt, priority, age, duration, due

        var heading: (title: String, alignment: TextTable.Alignment) {
            switch self {
            case .id: ("ID", .right)
            case .pipeline: ("PIPELINE", .left)
            case .state: ("STATE", .left)
            case .attempt: ("ATTEMPT", .right)
            case .priority: ("PRIORITY", .right)
            case .age: ("AGE", .right)
            case .duration: ("DURATION", .right)
            case .due: ("DUE", .left)
            }
        }

        /// Whether it says something of any of the jobs.
        func isNeeded(for jobs: [JobDocument]) -> Bool {
            switch self {
            case .id, .pipeline, .state, .age, .duration: true
            case .attempt: jobs.contains { $0.attempt != 1 }
            case .priority: jobs.contains { $0.priority != 0 }
            case .due: jobs.contains { $0.state == "scheduled" }
            }
        }
    }

    private func cell(_ column: Column, of job: JobDocument) -> String {
        switch column {
        case .id: "\(job.id)"
        case .pipeline: job.pipeline
        case .state: job.state
        case .attempt: "\(job.attempt)"
        case .priority: "\(job.priority)"
        case .age: age(of: job)
        case .duration: job.durationSeconds.map(ShortDuration.text) ?? "–"
        case .due: (job.state == "scheduled" ? job.runAt : nil).map { time.shortText($0, now: now) } ?? "–"
        }
    }

    private func age(of job: JobDocument) -> String {
        guard let created = Timestamp(iso8601: job.createdAt) else { return "–" }
        return ShortDuration.age(Double(now.milliseconds - created.milliseconds) / 1_000)
    }
}
