import Kata

/// The first of what a server says, which is kept as the job's output.
struct AnswerText: Sendable {
    /// Room for the note that something was left out. katad cuts an output that is too long with its note, and would count
    /// the note itself as left out.
    private static let noteRoom = 64

    private let limit: Int
    private var bytes: [UInt8] = []
    private var omitted = 0

    /// - Parameter limit: in bytes, at most ``JobContext/outputLimit``.
    init(limit: Int) {
        self.limit = limit
    }

    /// Whether more came than is kept.
    var isCut: Bool { omitted > 0 }

    mutating func append(_ part: some Collection<UInt8>) {
        let room = min(part.count, limit - bytes.count)
        bytes += part.prefix(room)
        omitted += part.count - room
    }

    /// Keeps the text with the attempt, unless there was none.
    func keep(in context: JobContext) {
        if bytes.isEmpty && omitted == 0 { return }
        let (text, omitted) = text()
        context.keep(output: text, omitting: omitted)
    }

    /// The text, with what is no UTF-8 replaced, and how many bytes were left out, as far as they were read. Where it was
    /// cut it has no part of a character at its end.
    func text() -> (text: String, omitted: Int) {
        let cutLength = isCut ? bytes.unfinishedScalarLength : 0
        let text = String(decoding: bytes.dropLast(cutLength), as: UTF8.self)
        let omitted = omitted + cutLength
        // What is no UTF-8 takes more room once it is replaced.
        if omitted == 0 && text.utf8.count <= JobContext.outputLimit { return (text, 0) }
        let beginning = text.prefix(bytes: JobContext.outputLimit - Self.noteRoom)
        return (String(beginning), omitted + text.utf8.count - beginning.utf8.count)
    }
}
