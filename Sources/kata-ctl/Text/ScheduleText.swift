import Kata
import KataAPI
import KataCommand

/// The entries of schedules for people: what each does, when it comes next, and how the last time went.
struct ScheduleText {
    private(set) var lines: [String] = []

    /// - Parameter width: the terminal's, in columns; `nil` where nothing is to be cut.
    init(_ document: SchedulesDocument, width: Int?, time: TimeText) {
        for entry in document.entries {
            if !lines.isEmpty { lines.append("") }
            var entryLines = ["\(entry.pipeline)/\(entry.entry): \(entry.schedule)".printable]
            if let since = entry.pausedAt { entryLines.append("  paused   since \(time.text(since))") }
            if entry.overlap != "allow" { entryLines.append("  overlap  \(entry.overlap)") }
            for (index, next) in entry.next.enumerated() {
                // As the entry's own clock shows it, whatever this terminal's zone is.
                entryLines.append("  \(index == 0 ? "next   " : "       ")  \(next.replacing("T", with: " "))")
            }
            if entry.next.isEmpty { entryLines.append("  next     never") }
            entryLines.append("  last     \(Self.last(entry.last, time))")
            lines += entryLines.map { line in width.map { line.cut(toColumns: $0) } ?? line }
        }
        if lines.isEmpty { lines = ["no pipeline has a schedule"] }
    }

    private static func last(_ last: SchedulesDocument.Last?, _ time: TimeText) -> String {
        guard let last else { return "none yet" }
        guard let state = last.state else { return "job \(last.job), which was pruned" }
        let at = (last.finishedAt ?? last.createdAt).map { ", \(time.text($0))" } ?? ""
        let error = last.error.map { ": \(ExportFormat.escape($0))" } ?? ""
        return "job \(last.job) \(state)\(at)\(error)"
    }
}
