/// A request's line and headers are cut byte by byte. To look for characters takes ten times as long, and does not find one
/// that is followed by a combining mark.
extension Substring {
    /// What comes before the first separator, and what comes behind it; all, and nothing, if there is none.
    func cut(at separator: Unicode.Scalar) -> (Substring, Substring) {
        guard let place = utf8.firstIndex(of: UInt8(ascii: separator)) else { return (self, "") }
        return (Substring(utf8[..<place]), Substring(utf8[utf8.index(after: place)...]))
    }

    /// What stands between the separators, without what is empty.
    func parts(between separator: Unicode.Scalar) -> [Substring] {
        utf8.split(separator: UInt8(ascii: separator)).map(Substring.init)
    }
}
