import AsyncHTTPClient
import NIOCore

/// The bytes of an answer as they come; an answer that is cut short is an error.
struct AnswerStream: AsyncSequence {
    typealias Failure = any Error

    private let body: HTTPClientResponse.Body
    private let socket: String

    init(_ body: HTTPClientResponse.Body, socket: String) {
        self.body = body
        self.socket = socket
    }

    func makeAsyncIterator() -> Iterator {
        Iterator(buffers: body.makeAsyncIterator(), socket: socket)
    }

    struct Iterator: AsyncIteratorProtocol {
        var buffers: HTTPClientResponse.Body.AsyncIterator
        let socket: String

        /// - Throws: ``ControlClientError/interrupted(socket:)``.
        mutating func next() async throws -> [UInt8]? {
            do {
                return try await buffers.next().map { Array($0.readableBytesView) }
            } catch {
                throw ControlClientError.interrupted(socket: socket)
            }
        }
    }
}
