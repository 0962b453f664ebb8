import Kata

/// The header `Retry-After`: a number of seconds, or a date.
enum RetryAfter {
    /// The longest wait that a server can ask for; it is taken for any longer one.
    static let limit = Duration.seconds(24 * 3_600)

    /// How long to wait; `nil` if the text is neither a number of seconds nor a date.
    static func delay(_ text: String, now: Timestamp) -> Duration? {
        let text = text.trimmed
        if !text.isEmpty && text.utf8.allSatisfy(\.isDigit) {
            // What is too long for a number is too long to wait for, too.
            return min(Int64(text).map { .seconds($0) } ?? limit, limit)
        }
        guard let date = HTTPDate.parse(text) else { return nil }
        return min(.milliseconds(max(0, date.milliseconds - now.milliseconds)), limit)
    }
}

extension String {
    /// Without spaces and tabs around it.
    fileprivate var trimmed: Substring {
        func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
        var text = drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }
}
