import Kata

/// The body of an answer, page by page. A page is made when the client has taken the one before, and away from the event
/// loop, where all others would wait for it.
protocol HTTPBodyPages: Sendable {
    /// Whether ``next()`` is known to have nothing more.
    var isAtEnd: Bool { get }

    /// The next bytes; `nil` at the end.
    mutating func next() async throws -> [UInt8]?
}

extension ResultPages.Iterator: HTTPBodyPages {
    /// Nobody knows: results may be recorded at any time.
    var isAtEnd: Bool { false }
}
