extension StringProtocol {
    /// The first so many Unicode scalars. Characters are no measure of a text: one of them may be megabytes long, by
    /// the marks that are combined with a letter.
    package func prefix(scalars limit: Int) -> SubSequence {
        // Counting bytes takes no time, and there are never fewer of them.
        if utf8.count <= limit { return self[...] }
        return self[..<(unicodeScalars.index(startIndex, offsetBy: limit, limitedBy: endIndex) ?? endIndex)]
    }

    /// The text up to so many Unicode scalars, with `…` if there are more.
    package func shortened(to limit: Int) -> String {
        let beginning = prefix(scalars: limit)
        return beginning.endIndex == endIndex ? String(self) : String(beginning) + "…"
    }

}

extension StringProtocol where UTF8View: BidirectionalCollection {
    /// The beginning that has at most so many bytes of UTF-8, and no part of a scalar at its end.
    package func prefix(bytes limit: Int) -> SubSequence {
        if utf8.count <= limit { return self[...] }
        let bytes = utf8.prefix(limit)
        return self[..<bytes.dropLast(bytes.unfinishedScalarLength).endIndex]
    }
}

extension BidirectionalCollection<UInt8> {
    /// How many bytes at the end begin a scalar of UTF-8 that is not complete, as where a text was cut: 0 to 3.
    package var unfinishedScalarLength: Int {
        var length = 0
        for byte in reversed().prefix(3) {
            length += 1
            switch byte {
            // Goes on with a scalar that began before.
            case 0x80..<0xc0: continue
            case 0xc2..<0xe0: return length < 2 ? length : 0
            case 0xe0..<0xf0: return length < 3 ? length : 0
            case 0xf0..<0xf5: return length < 4 ? length : 0
            default: return 0
            }
        }
        return 0
    }
}
