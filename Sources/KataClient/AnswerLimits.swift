/// How long a client waits for an answer, and how large it may be.
struct AnswerLimits: Sendable {
    /// A daemon answers at once, whatever it does.
    var prompt = Duration.seconds(10)
    /// For requests that wait for the disk.
    var disk = Duration.seconds(10 * 60)
    /// For the whole of an export, which may be long, and is as slow as its reader.
    var export = Duration.seconds(24 * 60 * 60)
    /// How many bytes a document may have. An export is not limited, because it is passed on piece by piece.
    var documentSize = 64 << 20
}
