/// How far a job is, as its handler says.
public struct JobProgress: Hashable, Sendable {
    /// The share that is done, 0 to 1; `nil` if the handler says no number.
    public let fraction: Double?
    /// What people are to read; may be empty if there is a fraction.
    public let text: String

    /// Describes how far a job is.
    public init(fraction: Double?, text: String) {
        self.fraction = fraction
        self.text = text
    }

    /// In words: the text, or the fraction in percent.
    public var description: String {
        text.isEmpty ? fraction.map { "\(Int($0 * 100)) %" } ?? "" : text
    }
}
