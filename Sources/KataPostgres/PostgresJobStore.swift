public import Kata

/// The store in a PostgreSQL database, in a schema of its own.
///
/// One connection writes, two read. A commit is on the server's disk when it returns, as far as the server's own settings say so.
public final class PostgresJobStore: JobStore, ForwardingReader {
    private let settings: PostgresSettings
    private let lease: Duration
    /// Reads on connections of its own, beside the one that writes.
    public let reader: any JobStoreReader
    private let reading: ReadingConnections
    /// Whether the last daemon that worked with the database broke off.
    public let afterCrash: Bool
    /// What the server's settings may cost, as sentences without a full stop.
    public let warnings: [String]
    /// Only one thread writes at a time, as ``JobStore`` has it.
    private nonisolated(unsafe) let writer: Writer

    /// What belongs to the thread that writes.
    private final class Writer {
        /// `nil` after it was lost.
        var connection: PostgresConnection?
        var session: Session
        /// Whether it is not known what became of the last transaction.
        var isUndecided = false
        let known = KnownRows()

        init(connection: PostgresConnection, session: Session) {
            self.connection = connection
            self.session = session
        }
    }

    /// Opens the database, or makes what it needs, and begins a session.
    ///
    /// - Parameters:
    ///   - schema: where the tables are.
    ///   - lease: how long after its last transaction the session can be ended by others.
    ///   - isOwner: whether no other daemon of that node can be running.
    /// - Throws: ``PostgresOpenError``; ``StoreFailure`` if it may be had later.
    public init(
        _ address: PostgresAddress, schema: String = "kata", node: NodeIdentity, lease: Duration = .seconds(10),
        isOwner: Bool = false
    ) throws {
        settings = PostgresSettings(address: address, schema: schema, answerTimeout: .seconds(20))
        self.lease = lease
        reading = ReadingConnections(settings)
        reader = PostgresReader(connections: reading)
        do {
            let connection = try PostgresConnection(settings)
            try Schema.migrate(connection)
            let begun = try Session.begin(node, lease: lease, isOwner: isOwner, on: connection)
            afterCrash = begun.afterCrash
            warnings = try durabilityWarnings(connection)
            writer = Writer(connection: connection, session: begun.session)
        } catch let error as PostgresError {
            if let error = PostgresOpenError(error, at: address) { throw error }
            throw StoreFailure(error, at: address)
        } catch let error as LibPQUnavailable {
            throw PostgresOpenError.noLibrary(reason: "\(error)")
        }
        try resolveMoreDependents()
        if !afterCrash { try forgetStarts() }
    }

    /// Ends the session, and closes the connections. Where the server can't be told, the session ends with its lease.
    public func close() {
        reading.close()
        try? writer.session.end(on: try writer.connection ?? PostgresConnection(settings))
        writer.connection = nil
    }

    private func forgetStarts() throws {
        try transaction { transaction in
            guard let transaction = transaction as? PostgresTransaction else { return }
            transaction.write("UPDATE job SET started_at = NULL WHERE started_at IS NOT NULL")
            transaction.write("UPDATE run SET session_open = false WHERE session_open")
        }
    }

    /// Resolves the dependents that a daemon before had left to later transactions when it ended.
    private func resolveMoreDependents() throws {
        while try transaction({ try $0.resolveMoreDependents(at: .now()) }).hasMore {}
    }
}

/// Transactions.
extension PostgresJobStore {
    /// How often a transaction is begun anew that others stood in the way of.
    private static let conflictLimit = 20

    public func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
        try withConnection { connection in
            var conflicts = 0
            while true {
                do {
                    return try transaction(on: connection, body)
                } catch let error as PostgresError where error.isConflict && conflicts < Self.conflictLimit {
                    conflicts += 1
                }
            }
        }
    }

    public func hasKeptUndecided() throws -> Bool {
        try withConnection { connection in
            if !writer.isUndecided { return false }
            guard let (session, isCommitted) = try writer.session.settle(on: connection) else { throw fenced }
            writer.session = session
            writer.isUndecided = false
            if isCommitted { writer.known.committed() } else { writer.known.rolledBack() }
            return isCommitted
        }
    }

    /// A server that has crashed may draw ids again that were drawn in a transaction which was not committed.
    private func reconnect() throws -> PostgresConnection {
        writer.known.forgetIDs()
        return try PostgresConnection(settings)
    }

    private func withConnection<Result>(_ body: (PostgresConnection) throws -> Result) throws -> Result {
        do {
            let connection = try writer.connection ?? reconnect()
            writer.connection = connection
            defer { if connection.isLost { writer.connection = nil } }
            return try body(connection)
        } catch let error as PostgresError {
            if error.isFenced { throw fenced }
            throw StoreFailure(error, at: settings.address)
        } catch let error as LibPQUnavailable {
            throw PostgresOpenError.noLibrary(reason: "\(error)")
        }
    }

    private func transaction<Result>(
        on connection: PostgresConnection, _ body: (any StoreTransaction) throws -> Result
    ) throws -> Result {
        if writer.isUndecided {
            // Whoever asks for no answer takes the loss: what was not kept is done again by them.
            guard let (session, isCommitted) = try writer.session.settle(on: connection) else { throw fenced }
            writer.session = session
            writer.isUndecided = false
            if isCommitted { writer.known.committed() } else { writer.known.rolledBack() }
        }
        let transaction = PostgresTransaction(
            connection: connection, known: writer.known,
            beginning: [
                PostgresStatement("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"),
                writer.session.fence(lease, settings),
            ])
        let result: Result
        do {
            result = try body(transaction)
        } catch {
            writer.known.rolledBack()
            if transaction.hasSent && !connection.isLost {
                _ = try? connection.send([PostgresStatement("ROLLBACK")])
            }
            throw error
        }
        do {
            try transaction.commit()
        } catch let error as PostgresError {
            if error.isConnectionLost {
                writer.isUndecided = true
                writer.connection = nil
                throw StoreFailure(error, at: settings.address, isCommit: true)
            }
            writer.known.rolledBack()
            _ = try? connection.send([PostgresStatement("ROLLBACK")])
            throw error
        }
        writer.session.sequence += 1
        writer.known.committed()
        return result
    }

    private var fenced: StoreFailure {
        StoreFailure(
            .lost,
            "another katad has taken over the work of this one in the database '\(settings.address.shown)', because it had "
                + "shown no sign of life for longer than its lease")
    }
}
