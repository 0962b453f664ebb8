import Kata
import KataAPI

/// Makes text for people of the parts of an output.
struct OutputLog {
    /// Whether escape sequences and other control characters are left as they are.
    let isRaw: Bool
    private var attempt: Int?
    private var endsLine = true
    private var endsWithReturn = false

    init(isRaw: Bool) {
        self.isRaw = isRaw
    }

    /// What is to be told, besides the output, before a part of another attempt; `nil` if there is nothing. The first attempt
    /// needs no heading.
    mutating func heading(of part: OutputDocument) -> String? {
        guard let number = part.attempt, number != attempt else { return nil }
        defer { attempt = number }
        return number == 1 && attempt == nil ? nil : "[attempt \(number)]"
    }

    mutating func bytes(of part: OutputDocument) -> [UInt8] {
        switch part.type {
        case OutputDocument.output: return Array(shown(part.text ?? "").utf8)
        case OutputDocument.omitted:
            defer { endsLine = true }
            return Array("\(endsLine ? "" : "\n")[\(counted(part.bytes ?? 0, "byte")) left out]\n".utf8)
        default: return []
        }
    }

    /// What completes the last line, if something is missing.
    mutating func end() -> [UInt8] {
        defer { endsWithReturn = false }
        return endsWithReturn ? Array("\\u{d}".utf8) : []
    }

    private mutating func shown(_ text: String) -> String {
        if let last = text.utf8.last { endsLine = last == UInt8(ascii: "\n") }
        if isRaw || text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) || $0 == 0x0a || $0 == 0x09 }) && !endsWithReturn
        {
            return text
        }
        var shown = ""
        for scalar in text.unicodeScalars {
            // A return before a line break is how some programs end lines; any other would overwrite what came before.
            if endsWithReturn {
                if scalar != "\n" { shown += "\\u{d}" }
                endsWithReturn = false
            }
            switch scalar {
            case "\n", "\t": shown.unicodeScalars.append(scalar)
            case "\r": endsWithReturn = true
            default: shown += String(scalar).printable
            }
        }
        return shown
    }
}
