import Glibc
import NIOCore

extension ControlClientError {
    /// Does something with a connection, and says what went wrong with it in the client's words.
    ///
    /// - Parameter limit: how long an answer may take.
    /// - Throws: ``ControlClientError``; `CancellationError`.
    static func translating<Value>(
        socket: String, limit: Duration, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch let failure as ConnectionFailure {
            // The end of a connection whose task was cancelled is not the daemon's doing.
            try Task.checkCancellation()
            throw ControlClientError(failure, socket: socket, limit: limit)
        }
    }

    /// - Parameter limit: how long the answer might have taken.
    init(_ failure: ConnectionFailure, socket: String, limit: Duration) {
        switch failure {
        case .notSent, .closed: self = .interrupted(socket: socket)
        case .timedOut(let isAnswerBegun):
            let what = isAnswerBegun ? "only a part of its answer" : "no answer"
            self = .notReachable(socket: socket, reason: "\(what) within \(limit.shortText)")
        case .malformed(let reason): self = .badAnswer(socket: socket, reason: reason)
        }
    }

    /// - Parameter error: what the system said when the connection was opened.
    init(opening error: IOError, socket: String) {
        self.init(openingErrno: error.errnoCode, socket: socket)
    }

    /// A path that does not fit into a socket's address.
    static func pathTooLong(socket: String) -> ControlClientError {
        ControlClientError(openingErrno: ENAMETOOLONG, socket: socket)
    }

    private init(openingErrno code: CInt, socket: String) {
        switch code {
        case EACCES, EPERM: self = .permissionDenied(socket: socket)
        default: self = .notReachable(socket: socket, reason: String(cString: strerror(code)))
        }
    }
}

extension Duration {
    /// In the largest unit of which it is a whole number, such as `10 s`. What is less than a millisecond is left out.
    var shortText: String {
        let milliseconds = Int64(self / .milliseconds(1))
        let units: [(name: String, milliseconds: Int64)] = [("h", 3_600_000), ("min", 60_000), ("s", 1_000)]
        for unit in units where milliseconds > 0 && milliseconds.isMultiple(of: unit.milliseconds) {
            return "\(milliseconds / unit.milliseconds) \(unit.name)"
        }
        return "\(milliseconds) ms"
    }
}
