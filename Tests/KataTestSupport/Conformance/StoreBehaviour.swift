public import Kata
public import Testing

/// A part of what every ``JobStore`` must do; each case is a test of its own.
public protocol StoreBehaviour: CaseIterable, CustomTestStringConvertible, RawRepresentable<String>, Sendable {
    /// Checks the behaviour on an empty store.
    ///
    /// - Throws: what the store threw, or a requirement that was not met. Expectations that are not met are recorded as
    ///   issues of the current test.
    func check(_ store: any JobStore) async throws
}

extension StoreBehaviour {
    /// The sentence that the case stands for.
    public var testDescription: String { rawValue }
}
