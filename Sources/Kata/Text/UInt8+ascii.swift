extension UInt8 {
    /// Whether it is one of `a` to `z`, `A` to `Z` and `0` to `9` in ASCII, and so in UTF-8.
    package var isASCIILetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

extension String {
    /// Whether the text consists of ASCII letters, digits and the characters of `others`, and is not empty.
    ///
    /// - Parameter others: ASCII characters.
    package func isName(with others: String) -> Bool {
        !isEmpty && utf8.allSatisfy { $0.isASCIILetterOrDigit || others.utf8.contains($0) }
    }
}
