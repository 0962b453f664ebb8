/// Where the lines source goes on, with what tells that the file before that is still the same.
///
/// As text: `OFFSET LINES CHECKSUM`, and after that `inside` within a line that is left out. Earlier versions wrote the
/// offset alone.
struct LinesCursor: Hashable, CustomStringConvertible {
    /// In bytes.
    var offset = 0
    /// How many lines are before the offset; `nil` if an earlier version began the run, which did not count them.
    var lines: Int? = 0
    /// Of the file before the offset; `nil` if an earlier version wrote the cursor.
    var checksum: UInt64?
    /// Whether the offset is within a line that was too long, so that the rest of it is passed over.
    var isInside = false

    /// The beginning of a file.
    init() {}

    /// `nil` if the lines source has not written that.
    init?(_ text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard let offset = parts.first.flatMap({ Int($0) }), offset >= 0 else { return nil }
        self.offset = offset
        lines = nil
        if parts.count == 1 { return }
        guard (3...4).contains(parts.count), let checksum = UInt64(parts[2], radix: 16) else { return nil }
        self.checksum = checksum
        lines = Int(parts[1])
        isInside = parts.count == 4
        if lines == nil && parts[1] != "-" || isInside && parts[3] != "inside" { return nil }
    }

    var description: String {
        let checksum = String(checksum ?? 0, radix: 16)
        return "\(offset) \(lines.map(String.init) ?? "-") \(checksum)\(isInside ? " inside" : "")"
    }
}
