import NIOCore

/// The bytes of an answer as they come; an answer that is cut short is an error. It can be read once.
struct AnswerStream: AsyncSequence {
    typealias Failure = any Error

    private let answer: Answer

    init(_ answer: Answer) {
        self.answer = answer
    }

    func makeAsyncIterator() -> Iterator {
        Iterator(answer: answer)
    }

    struct Iterator: AsyncIteratorProtocol {
        var answer: Answer

        /// - Throws: ``ControlClientError``; `CancellationError`.
        mutating func next() async throws -> [UInt8]? {
            try await answer.next().map { Array($0.readableBytesView) }
        }
    }
}
