import Kata
import KataSQLite

/// What a check of a database has found, for people, with what to do.
struct CheckText {
    private(set) var lines: [String] = []

    init(_ report: DatabaseReport) {
        lines.append("\(report.path.printable): schema \(report.schema), \(SizeText(bytes: report.bytes))")
        for part in report.parts {
            lines.append("  \(part.faults.isEmpty ? "ok   " : "FAULT")  \(part.title)")
            lines += part.faults.map { "         \($0.printable)" }
            if part.hasMore { lines.append("         and more") }
        }
        lines.append(advice(report))
    }

    private func advice(_ report: DatabaseReport) -> String {
        if !report.isWhole {
            return """
                Keep the file, with its -wal. Look at the disk and at the kernel's log (dmesg, journalctl -k). Then stop katad, \
                copy both to another disk, and check the copy: what a failing disk gave back wrongly is not in it. If it has \
                the same faults, kata-ctl restore puts a backup in the place of the database, and keeps what was there.
                """
        }
        if !report.isSound {
            return """
                The file is whole, but what it says does not fit together. Keep a copy (kata-ctl backup), and report this with \
                the lines above; the daemon can go on with it.
                """
        }
        return report.isCompared
            ? "All is well."
            : "The file is whole. What its tables say was not compared, because an earlier version made them: start katad once."
    }
}
