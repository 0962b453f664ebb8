import Dispatch
import Kata
import Synchronization

/// The connections on which is read, each with a queue of its own: the calls of libpq block.
final class ReadingConnections: Sendable {
    private let lines: [Line]
    private let settings: PostgresSettings

    init(_ settings: PostgresSettings, count: Int = 2) {
        self.settings = settings
        lines = (0..<count).map { Line(settings, number: $0) }
    }

    /// Reads in one transaction, on the connection on which the fewest wait.
    ///
    /// - Throws: what `body` threw, ``PostgresError`` as a ``StoreFailure``; `CancellationError` in a task that was cancelled.
    func read<Value: Sendable>(_ body: @escaping @Sendable (PostgresSnapshot) throws -> Value) async throws -> Value {
        try Task.checkCancellation()
        guard let line = lines.min(by: { $0.waiting < $1.waiting }) else { preconditionFailure("no connection") }
        do {
            return try await line.run(body)
        } catch let error as PostgresError {
            throw StoreFailure(error, at: settings.address)
        } catch let error as LibPQUnavailable {
            throw PostgresOpenError.noLibrary(reason: "\(error)")
        }
    }

    /// Closes the connections, once what is read on them is read.
    func close() {
        for line in lines { line.close() }
    }
}

/// A connection and those who wait for it.
private final class Line: Sendable {
    private let queue: DispatchQueue
    private let settings: PostgresSettings
    private let count = Atomic(0)
    /// Only used on the queue.
    private nonisolated(unsafe) var connection: PostgresConnection?

    init(_ settings: PostgresSettings, number: Int) {
        self.settings = settings
        queue = DispatchQueue(label: "kata-read-\(number)")
    }

    var waiting: Int { count.load(ordering: .relaxed) }

    func run<Value: Sendable>(_ body: @escaping @Sendable (PostgresSnapshot) throws -> Value) async throws -> Value {
        count.add(1, ordering: .relaxed)
        defer { count.subtract(1, ordering: .relaxed) }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.perform(body) }) }
        }
    }

    func close() {
        queue.sync { connection = nil }
    }

    private func perform<Value>(_ body: (PostgresSnapshot) throws -> Value) throws -> Value {
        let isFresh = connection == nil
        do {
            return try attempt(body)
        } catch let error as PostgresError where error.isConnectionLost && !isFresh {
            // The server may have been restarted since the last read, which costs nobody anything.
            return try attempt(body)
        }
    }

    private func attempt<Value>(_ body: (PostgresSnapshot) throws -> Value) throws -> Value {
        let connection = try self.connection ?? PostgresConnection(settings)
        self.connection = connection
        let snapshot = PostgresSnapshot(connection)
        do {
            let value = try body(snapshot)
            try snapshot.end()
            return value
        } catch {
            // The transaction is over with the connection, whatever has become of it.
            if connection.isLost || error is PostgresError || !snapshot.rollBack() { self.connection = nil }
            throw error
        }
    }
}
