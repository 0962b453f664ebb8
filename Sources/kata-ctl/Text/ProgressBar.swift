import Kata

/// How far a job is, as a bar with words, such as `████░░░░░░ 40 %  page 4`.
struct ProgressBar {
    let text: String

    /// - Parameters:
    ///   - words: what the handler says.
    ///   - fraction: 0 to 1; `nil` if it says no number.
    ///   - width: of the bar, in columns.
    /// - Returns: `nil` if there is nothing to show.
    init?(_ words: String?, _ fraction: Double?, width: Int) {
        guard let words else { return nil }
        guard let fraction else {
            text = words.printable
            return
        }
        let percent = "\(Int(fraction * 100)) %"
        let rest = words == percent ? "" : "  \(words.printable)"
        text = "\(Self.bar(fraction, width: width)) \(percent)\(rest)"
    }

    /// - Parameter fraction: 0 to 1.
    static func bar(_ fraction: Double, width: Int) -> String {
        let filled = max(0, min(width, Int(fraction * Double(width))))
        return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    }
}
