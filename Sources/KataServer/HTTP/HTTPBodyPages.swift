import Kata

/// The body of an answer, page by page. A page is made when the client has taken the one before, and away from the event
/// loop, where all others would wait for it.
protocol HTTPBodyPages: Sendable {
    /// Whether ``next()`` is known to have nothing more.
    var isAtEnd: Bool { get }

    /// The next bytes; `nil` at the end.
    mutating func next() async throws -> [UInt8]?

    /// How long a client may take for a page; `nil` for as long as it likes.
    var patience: Duration? { get }

    /// Lets go of what is held for a client that takes longer. There will be no more pages.
    ///
    /// - Returns: what is sent to the client, as soon as it reads again.
    mutating func farewell() -> [UInt8]
}

extension HTTPBodyPages {
    var patience: Duration? { nil }
    mutating func farewell() -> [UInt8] { [] }
}

extension ResultPages.Iterator: HTTPBodyPages {
    /// Nobody knows: results may be recorded at any time.
    var isAtEnd: Bool { false }
}
