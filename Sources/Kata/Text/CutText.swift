/// A text, or the beginning of one that is too long for where it is shown, together with the length of the whole.
///
/// Lengths are in bytes of UTF-8: a single character may be made of megabytes of combining marks.
public struct CutText: Hashable, Sendable {
    /// The text, or its beginning; cut between two Unicode scalars.
    public let beginning: String
    /// How many bytes the whole text has.
    public let bytes: Int

    /// Keeps at most `limit` bytes of a text.
    public init(_ text: String, limit: Int) {
        bytes = text.utf8.count
        beginning = String(text.prefix(bytes: max(0, limit)))
    }

    /// Keeps at most `limit` bytes of a text that was not decoded yet. What is no UTF-8 is replaced as usual.
    public init(_ text: UnsafeBufferPointer<UInt8>, limit: Int) {
        bytes = text.count
        let kept = text.prefix(max(0, limit))
        let isCut = kept.count < text.count
        beginning = String(decoding: kept.dropLast(isCut ? kept.unfinishedScalarLength : 0), as: UTF8.self)
    }

    /// Whether something of the text is missing.
    public var isCut: Bool { beginning.utf8.count < bytes }

    /// The beginning, and `…` if something is missing.
    public var marked: String { isCut ? beginning + "…" : beginning }
}
