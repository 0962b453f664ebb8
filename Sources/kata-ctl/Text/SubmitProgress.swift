import Glibc
import Kata

/// A bar on standard error that shows how far a file was submitted. It is only shown if standard error is a terminal
/// and standard output, where the ids go, is none.
struct SubmitProgress {
    /// How many jobs were taken.
    private(set) var count = 0
    private let size: Int?
    private var bytes = 0
    private var isShown = false
    private var lastDrawn = ContinuousClock.now
    private let isWatched = isatty(STDERR_FILENO) == 1 && isatty(STDOUT_FILENO) == 0

    /// - Parameter size: of the file in bytes; `nil` if that is not known, and then only the number of jobs is shown.
    init(size: Int?) {
        self.size = size
    }

    mutating func add(_ count: Int, bytes: Int) {
        self.count += count
        self.bytes += bytes
        if isWatched && lastDrawn.duration(to: .now) > .milliseconds(100) { draw() }
    }

    /// Removes the bar.
    mutating func end() {
        if isShown { write("\r\u{1b}[K") }
        isShown = false
    }

    private mutating func draw() {
        lastDrawn = .now
        isShown = true
        var line = counted(count, "job")
        if let size, size > 0 {
            let share = min(1, Double(bytes) / Double(size))
            let filled = Int(share * 30)
            line =
                String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
                + " \(Int(share * 100)) %  \(line)"
        }
        write("\r\(line)\u{1b}[K")
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
