import Foundation
import KataAPI
import NIOCore
import NIOHTTP1

extension ControlClient {
    /// Sends a request and reads the document with which it is answered.
    ///
    /// - Parameter limit: how long the whole answer may take; `nil` means ``AnswerLimits/prompt``.
    /// - Throws: ``ControlClientError``; `CancellationError`.
    func document<Document: Decodable>(
        _ request: ControlRequest, within limit: Duration? = nil
    ) async throws -> Document {
        var answer = try await answer(to: request, within: limit ?? limits.prompt)
        let body = try await answer.rest(upTo: limits.documentSize)
        IdleConnections.shared.keep(answer.connection, to: socket)
        do {
            return try JSON.decode(Document.self, from: Data(body.readableBytesView))
        } catch {
            throw ControlClientError.badAnswer(socket: socket, reason: "\(error)")
        }
    }

    /// Sends a request; the body of the answer is still to be read.
    ///
    /// - Parameter limit: how long the answer may take, up to the end of its body.
    /// - Throws: ``ControlClientError``, also if the daemon refuses; `CancellationError`.
    func answer(to request: ControlRequest, within limit: Duration) async throws -> Answer {
        let answer = try await ControlClientError.translating(socket: socket, limit: limit) {
            try await send(request, within: limit)
        }
        guard answer.head.headers.contains(name: VersionHeader.name) else {
            throw ControlClientError.badAnswer(socket: socket, reason: "status \(answer.head.status.code)")
        }
        if (200..<300).contains(answer.head.status.code) { return answer }
        throw ControlClientError.refused(try await problem(in: answer))
    }

    private func send(_ request: ControlRequest, within limit: Duration) async throws -> Answer {
        let deadline = NIODeadline.now() + TimeAmount(limit)
        if let connection = IdleConnections.shared.take(to: socket) {
            do {
                let piece = try await connection.send(request, until: deadline)
                return Answer(piece, on: connection, socket: socket, limit: limit)
            } catch ConnectionFailure.notSent {
                // The daemon has closed the connection meanwhile.
            } catch ConnectionFailure.closed(isAnswerBegun: false) where request.isRepeatable {
                // The daemon has closed the connection just when the request was sent.
            }
        }
        let connection = try await ControlConnection.open(socket: socket, until: deadline)
        let piece = try await connection.send(request, until: deadline)
        return Answer(piece, on: connection, socket: socket, limit: limit)
    }

    /// What the daemon says of why it refuses. Of an answer without a problem document the status is told.
    private func problem(in answer: Answer) async throws -> ProblemDocument {
        var answer = answer
        let body = try await answer.rest(upTo: limits.documentSize)
        IdleConnections.shared.keep(answer.connection, to: socket)
        let status = answer.head.status
        return (try? JSON.decode(ProblemDocument.self, from: Data(body.readableBytesView)))
            ?? ProblemDocument(status: Int(status.code), title: "Error", detail: "the daemon answered \(status)")
    }
}
