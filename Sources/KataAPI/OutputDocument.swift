/// An object of `GET /v1/jobs/ID/output` as `application/x-ndjson`, and of `kata-ctl logs --json`: a part of what a job has
/// printed, or something about it. Which fields there are, its type says.
public struct OutputDocument: Codable, Hashable, Sendable {
    /// A part of the output: ``attempt``, ``printedAt``, ``stream``, ``text`` and ``mark``.
    public static let output = "output"
    /// Something was not kept: ``attempt`` and ``bytes``.
    public static let omitted = "omitted"
    /// The client has not read, and is followed no more: ``reason``.
    public static let dropped = "dropped"
    /// There is no more, now or at all: ``state`` and, of a job that has failed last, ``error``.
    public static let end = "end"

    /// `output`, `omitted`, `dropped` or `end`. Later versions may have others, which are to be passed over.
    public let type: String
    /// Which attempt printed it, from 1.
    public let attempt: Int?
    /// When its first byte was read, in ISO 8601 in UTC with milliseconds.
    public let printedAt: String?
    /// `out` or `err`.
    public let stream: String?
    /// What was printed; what is no UTF-8 is replaced.
    public let text: String?
    /// From where to go on behind this part, as `after`.
    public let mark: String?
    /// How many bytes were left out.
    public let bytes: Int?
    /// Why the client was dropped.
    public let reason: String?
    /// The job's state, as in ``JobDocument/state``.
    public let state: String?
    /// Why the job failed last.
    public let error: String?
}
