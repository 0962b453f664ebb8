extension String {
    /// How many columns of a terminal the text takes: two for each wide character, such as those of Chinese and most
    /// emoji, and none for what is drawn over the character before.
    package var columns: Int {
        // Most texts are plain, and each of their bytes is a column.
        if utf8.allSatisfy({ (0x20...0x7e).contains($0) }) { return utf8.count }
        return reduce(0) { $0 + $1.columns }
    }

    /// The text as it is if it fits into that many columns; or else the beginning of it with `…`. No character is cut in
    /// two. In less than one column there is nothing.
    package func cut(toColumns limit: Int) -> String {
        // A character has at least as many bytes as columns.
        if utf8.count <= limit { return self }
        if limit < 1 { return "" }
        var taken = 0
        // Where there is still room for the sign. What lies far behind is not looked at.
        var end = startIndex
        for index in indices {
            taken += self[index].columns
            if taken > limit { return self[..<end] + "…" }
            if taken < limit { end = self.index(after: index) }
        }
        return self
    }
}

extension Character {
    /// How many columns of a terminal the character takes.
    package var columns: Int {
        if let value = asciiValue { return (0x20...0x7e).contains(value) ? 1 : 0 }
        return isEmojiSequence ? 2 : unicodeScalars.reduce(0) { $0 + $1.columns }
    }

    /// Whether several code points are drawn as one emoji: with a tone of skin, as a family, as a flag, or as a sign that
    /// would be drawn as text without the selector behind it.
    private var isEmojiSequence: Bool {
        guard let first = unicodeScalars.first, first.properties.isEmoji, unicodeScalars.count > 1 else { return false }
        return unicodeScalars.dropFirst().contains { scalar in
            let properties = scalar.properties
            return scalar == "\u{fe0f}" || scalar == "\u{200d}" || properties.isEmojiModifier
                || first.isRegionalIndicator && scalar.isRegionalIndicator
        }
    }
}

extension Unicode.Scalar {
    /// The code points with the East Asian width W or F that are not emoji, as of Unicode 16.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115f, 0x2329...0x232a, 0x2630...0x2637, 0x268a...0x268f, 0x2e80...0x303e, 0x3041...0x3247,
        0x3250...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe10...0xfe19, 0xfe30...0xfe6f,
        0xff01...0xff60, 0xffe0...0xffe6, 0x16fe0...0x18dff, 0x1aff0...0x1b2ff, 0x1d300...0x1d376, 0x1f200...0x1f265,
        0x20000...0x3fffd,
    ]

    /// The code points of Hangul that are drawn into the syllable before.
    private static let joined: [ClosedRange<UInt32>] = [0x1160...0x11ff, 0xd7b0...0xd7ff]

    fileprivate var columns: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .control, .lineSeparator, .paragraphSeparator: return 0
        // The soft hyphen is drawn.
        case .format: return value == 0xad ? 1 : 0
        default: break
        }
        if Self.joined.contains(where: { $0.contains(value) }) { return 0 }
        if isRegionalIndicator { return 1 }
        return properties.isEmojiPresentation || Self.wide.contains { $0.contains(value) } ? 2 : 1
    }

    /// Whether it is one of the letters of which two make a flag.
    fileprivate var isRegionalIndicator: Bool { (0x1f1e6...0x1f1ff).contains(value) }
}
