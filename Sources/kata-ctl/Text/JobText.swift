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
        add("tags", job.tags.map { $0.joined(separator: ", ").printable })
        add("copy of", job.copyOf.map { "job \($0)" })
        add("progress", ProgressBar(job.progress, job.progressFraction, width: 20)?.text)
        add("checkpoint", job.checkpoint.map { ExportFormat.escape($0).cut(toColumns: 60) })
        add("timeout", job.timeoutSeconds.map { ShortDuration.text($0) })
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
        // Attempts without a process have none.
        let hasCost = attempts.contains { $0.userSeconds != nil }
        var columns: [(title: String, alignment: TextTable.Alignment)] = [
            ("ATTEMPT", .right), ("CONSUMER", .left), ("STARTED", .left), ("FINISHED", .left), ("DURATION", .right),
        ]
        if hasCost { columns += [("WAITED", .right), ("CPU", .right), ("MEMORY", .right)] }
        var table = TextTable(columns + [("OUTCOME", .left)], indent: 2)
        for attempt in attempts {
            table.add(
                [
                    "\(attempt.attempt)", attempt.consumerId, time.text(attempt.startedAt, milliseconds: true),
                    time.text(attempt.finishedAt, milliseconds: true), duration(of: attempt),
                ] + (hasCost ? cost(of: attempt) : [])
                    + [attempt.error.map { "failed: \($0.printable)" } ?? attempt.outcome])
        }
        // One job is asked for because of what is told of it, so nothing is cut.
        return table.lines(width: nil)
    }

    private func cost(of attempt: JobDocument.Attempt) -> [String] {
        let processor = attempt.userSeconds.map { ShortDuration.text($0 + (attempt.systemSeconds ?? 0)) }
        let memory = attempt.peakMemoryBytes.map { SizeText(bytes: $0).description }
        return [attempt.waitedSeconds.map { ShortDuration.text($0) } ?? "–", processor ?? "–", memory ?? "–"]
    }

    /// A job a line.
    func table(_ list: JobListDocument) -> [String] {
        if list.jobs.isEmpty { return [notice(of: list) ?? "no jobs"] }
        let columns = Column.allCases.filter { $0.isNeeded(for: list.jobs) }
        var table = TextTable(columns.map(\.heading) + [("ITEM", .left)])
        for job in list.jobs { table.add(columns.map { cell($0, of: job) } + [""]) }
        // The last column gets what the others leave.
        let room = width.map { max(0, $0 - table.lastColumnStart) }
        for (row, job) in list.jobs.enumerated() { table.setLastCell(of: row, to: work(of: job, room: room)) }
        var lines = table.lines(width: width)
        if let notice = notice(of: list) { lines.append(notice) }
        return lines
    }

    /// How to see more of a list that ends before the last job; `nil` if it does not.
    private func notice(of list: JobListDocument) -> String? {
        guard let next = list.next else { return nil }
        guard let lookedAt = list.lookedAt else { return "… there may be more: --before \(next)" }
        return "… looked at \(counted(lookedAt, "job")), back to job \(next); there may be more: --before \(next)"
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
        case id, pipeline, state, attempt, priority, age, duration, due, progress, tags

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
            case .progress: ("PROGRESS", .left)
            case .tags: ("TAGS", .left)
            }
        }

        /// Whether it says something of any of the jobs.
        func isNeeded(for jobs: [JobDocument]) -> Bool {
            switch self {
            case .id, .pipeline, .state, .age, .duration: true
            case .attempt: jobs.contains { $0.attempt != 1 }
            case .priority: jobs.contains { $0.priority != 0 }
            case .due: jobs.contains { $0.state == "scheduled" }
            case .progress: jobs.contains { $0.progress != nil }
            case .tags: jobs.contains { $0.tags != nil }
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
        case .duration: job.durationSeconds.map { ShortDuration.text($0) } ?? "–"
        case .due: (job.state == "scheduled" ? job.runAt : nil).map { time.shortText($0, now: now) } ?? "–"
        case .progress: ProgressBar(job.progress, job.progressFraction, width: 10)?.text ?? "–"
        case .tags: job.tags?.joined(separator: ",").printable ?? "–"
        }
    }

    private func age(of job: JobDocument) -> String {
        guard let created = Timestamp(iso8601: job.createdAt) else { return "–" }
        return ShortDuration.age(Double(now.milliseconds - created.milliseconds) / 1_000)
    }
}
