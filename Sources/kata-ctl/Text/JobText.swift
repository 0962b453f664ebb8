import Kata
import KataAPI
import KataCommand

/// Jobs for people.
enum JobText {
    /// One job with its attempts.
    static func describe(_ job: JobDocument) -> [String] {
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
        add("timeout", job.timeoutSeconds.map { "\($0) s" })
        if job.interruptions > 0 { add("interrupted", "\(job.interruptions) times") }
        add("created", job.createdAt)
        add("due", job.runAt)
        add("finished", job.finishedAt)
        guard let attempts = job.attempts, !attempts.isEmpty else { return lines }
        lines.append("")
        lines.append("  ATTEMPT  CONSUMER  STARTED                   FINISHED                  OUTCOME")
        for attempt in attempts {
            lines.append(
                "  \("\(attempt.attempt)".paddedLeft(to: 7))  \(attempt.consumerId.paddedRight(to: 8))  "
                    + "\(attempt.startedAt)  \(attempt.finishedAt)  "
                    + (attempt.error.map { "failed: \($0.printable)" } ?? attempt.outcome))
        }
        for attempt in attempts {
            guard let output = attempt.output, !output.isEmpty else { continue }
            lines += ["", "  output of attempt \(attempt.attempt):"]
            lines += output.split(separator: "\n").map { "    \(String($0).replacing("\t", with: "    ").printable)" }
        }
        return lines
    }

    /// A job a line.
    static func table(_ list: JobListDocument, width: Int) -> [String] {
        if list.jobs.isEmpty { return ["no jobs"] }
        let widestID = max(2, list.jobs.map { "\($0.id)".count }.max() ?? 0)
        let widestName = max(8, list.jobs.map(\.pipeline.count).max() ?? 0)
        var lines = [
            "ID".paddedLeft(to: widestID) + "  " + "PIPELINE".paddedRight(to: widestName)
                + "  STATE      ATTEMPT  PRIORITY  ITEM"
        ]
        for job in list.jobs {
            let error = job.error.map { "  (\($0.printable))" } ?? ""
            let line =
                "\(job.id)".paddedLeft(to: widestID) + "  " + job.pipeline.paddedRight(to: widestName) + "  "
                + job.state.paddedRight(to: 9) + "  " + "\(job.attempt)".paddedLeft(to: 7) + "  "
                + "\(job.priority)".paddedLeft(to: 8) + "  " + ExportFormat.escape(String(job.item.prefix(60))) + error
            lines.append(String(line.prefix(max(40, width))))
        }
        if let next = list.next { lines.append("… there may be more: --before \(next)") }
        return lines
    }

    private static func state(of job: JobDocument) -> String {
        switch job.state {
        case "running": "running, in the hands of \(job.consumerId ?? "a consumer")"
        case "scheduled": "scheduled for \(job.runAt ?? "later")"
        default: job.state
        }
    }
}
