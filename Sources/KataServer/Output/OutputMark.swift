import Kata

/// A place in the output of a job, from which a client can have it go on: in which attempt, and how many bytes of that are
/// known. Written `1769903999999-4096`, with a `k` before the hyphen in what an attempt kept at its end.
struct OutputMark: Hashable, Sendable {
    /// When the attempt printed its first byte, or began, if it only kept something.
    let beganAt: Timestamp
    /// Whether the place is in what the attempt kept at its end.
    let isKept: Bool
    /// How many bytes come before.
    let position: Int

    init(beganAt: Timestamp, isKept: Bool, position: Int) {
        self.beganAt = beganAt
        self.isKept = isKept
        self.position = position
    }

    /// Reads a mark; `nil` if the text is none.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let position = Int(parts[1]), position >= 0 else { return nil }
        isKept = parts[0].hasSuffix("k")
        guard let time = Int64(isKept ? parts[0].dropLast() : parts[0]) else { return nil }
        beganAt = Timestamp(milliseconds: time)
        self.position = position
    }

    var text: String { "\(beganAt.milliseconds)\(isKept ? "k" : "")-\(position)" }
}
