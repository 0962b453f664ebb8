public import Kata
public import Testing

/// A part of what every ``JobStore`` must do; each case is a test of its own.
public protocol StoreBehaviour: CaseIterable, CustomTestStringConvertible, RawRepresentable<String>, Sendable {
    /// Checks it on an empty store.
    func check(_ store: any JobStore) async throws
}

extension StoreBehaviour {
    public var testDescription: String { rawValue }
}
