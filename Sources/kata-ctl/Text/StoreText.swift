import Kata
import KataAPI

/// What is to be known of a daemon's database, for people: nothing if all is well.
struct StoreText {
    private(set) var lines: [String] = []

    init(_ store: StatusDocument.Store, time: TimeText) {
        if let since = store.since {
            let results = counted(store.resultsWaiting, "result")
            lines.append(
                "store: \(store.state) since \(time.text(since)), \(results) waiting: \((store.reason ?? "").printable)"
            )
        }
        if let wal = store.wal, let since = wal.heldSince, let reader = wal.heldBy {
            lines.append(
                "write-ahead log: \(SizeText(bytes: wal.bytes)), and grows until \(reader.printable) has read what it has "
                    + "been reading since \(time.text(since))")
        }
        if let check = store.check { append(check, time) }
    }

    /// Each is made after an unclean end of the daemon before.
    private mutating func append(_ check: StatusDocument.Check, _ time: TimeText) {
        let at = check.at.map { " at \(time.text($0))" } ?? ""
        var text = "check after an unclean end: \(check.state)\(at)"
        if let reason = check.reason { text += ": \(reason.printable)" }
        if let unchecked = check.unchecked {
            text += "; too large for it: \(unchecked.joined(separator: ", ")), kata-ctl check looks at all"
        }
        if check.faults != nil {
            text += "; keep the file, look at the disk and the kernel's log, and run kata-ctl check"
        }
        lines.append(text)
        lines += (check.faults ?? []).prefix(5).map { "  \($0.printable)" }
    }
}
