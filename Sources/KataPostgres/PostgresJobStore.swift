public import Kata
import Synchronization

/// The store in a PostgreSQL database, in a schema of its own.
///
/// Several daemons may work with it. One connection writes, one reads, one hears what others say. A commit is on the server's disk when it
/// returns, as far as the server's own settings say so.
public final class PostgresJobStore: SharedJobStore, ForwardingReader {
    private let settings: PostgresSettings
    /// How long after its last transaction the session can be ended by others.
    public let lease: Duration
    let identity: NodeIdentity
    /// Whether no other daemon of this node can be running.
    private let isOwner: Bool
    /// Reads on a connection of its own, beside the one that writes.
    public var reader: any JobStoreReader { snapshots }
    let snapshots: PostgresReader
    private let reading: ReadingConnections
    let calls: CallListener
    /// Whether the last daemon of this node that worked with the database broke off.
    public let afterCrash: Bool
    /// What the server's settings may cost, as sentences without a full stop.
    public let warnings: [String]
    /// The server's clock, by which all nodes go.
    public let clock: OffsetWallClock
    /// Only one thread writes at a time, as ``JobStore`` has it, and nothing else uses this.
    private nonisolated(unsafe) let writer: Writer
    let shared: Mutex<Shared>

    /// What belongs to the thread that writes.
    private final class Writer {
        /// `nil` after it was lost.
        var connection: PostgresConnection?
        var session: Session
        /// Whether it is not known what became of the last transaction.
        var isUndecided = false
        let known = KnownRows()
        /// What transactions have shown, until somebody takes it.
        var findings = StoreFindings()

        init(connection: PostgresConnection, session: Session) {
            self.connection = connection
            self.session = session
        }
    }

    /// What several threads know.
    struct Shared {
        var session: Int64
        /// Whether it is not the first one.
        var wasFenced = false
        /// When the lease is over, as far as this node can count on it.
        var leaseEnd: Duration
        /// How many other nodes work with the database, as far as is known.
        var otherSessions = 0
        /// Whether others may have begun or ended runs since the last transaction.
        var runsMayHaveChanged = false
        /// How often the node has shown that it is alive.
        var attendances = 0
    }

    /// Opens the database, or makes what it needs, and begins a session.
    ///
    /// - Parameters:
    ///   - schema: where the tables are.
    ///   - lease: how long after its last transaction the session can be ended by others.
    ///   - isOwner: whether no other daemon of that node can be running.
    ///   - clock: is set to the server's time.
    ///   - namesake: what was seen of another daemon of that node, if it is tried again.
    /// - Throws: ``PostgresOpenError``; ``StoreFailure`` if it may be had later.
    public init(
        _ address: PostgresAddress, schema: String = "kata", node: NodeIdentity, lease: Duration = .seconds(10),
        isOwner: Bool = false, clock: OffsetWallClock = OffsetWallClock(), namesake: NamesakeWait = NamesakeWait()
    ) throws {
        // Whoever waits for longer does not know what others do meanwhile.
        settings = PostgresSettings(
            address: address, schema: schema, answerTimeout: min(.seconds(20), max(.seconds(5), lease)))
        self.lease = lease
        self.clock = clock
        identity = node
        self.isOwner = isOwner
        // With the one that writes, and the one that hears others, these are three.
        reading = ReadingConnections(settings, count: 1)
        snapshots = PostgresReader(connections: reading)
        let isAlone: Bool
        do {
            // To make the tables anew may take a while.
            let connection = try PostgresConnection(PostgresSettings(address: address, schema: schema))
            try checkServer(connection)
            try Schema.migrate(connection)
            let start = BootClock.now
            let begun = try Session.begin(
                node, lease: lease, isOwner: isOwner, namesake: namesake, on: connection)
            shared = Mutex(Shared(session: begun.session.id, leaseEnd: start + lease))
            afterCrash = begun.afterCrash
            isAlone = begun.isAlone
            warnings = try durabilityWarnings(connection)
            // Before anything is done by this machine's clock.
            let sample = try ClockSample(on: connection)
            clock.note(sample.offset, error: sample.error)
            writer = Writer(connection: connection, session: begun.session)
            calls = try CallListener(settings)
        } catch let error as PostgresError {
            if let error = PostgresOpenError(error, at: address) { throw error }
            throw StoreFailure(error, at: address)
        } catch let error as LibPQUnavailable {
            throw PostgresOpenError.noLibrary(reason: "\(error)")
        }
        try resolveMoreDependents()
        if isAlone && !afterCrash { try forgetStarts() }
    }

    deinit {
        calls.close()
    }

    /// Ends the session, and closes the connections. Where the server can't be told, the session ends with its lease.
    public func close() {
        calls.close()
        reading.close()
        try? writer.session.end(on: try writer.connection ?? PostgresConnection(settings))
        writer.connection = nil
    }

    /// What a daemon before had noted that has ended in good order.
    private func forgetStarts() throws {
        try transaction { transaction in
            guard let transaction = transaction as? PostgresTransaction else { return }
            // Unless another node has begun meanwhile.
            if try transaction.countOpenSessions() > 1 { return }
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
                    writer.known.forgetRunsOfOthers()
                } catch let error as PostgresError where error.isFenced && conflicts < Self.conflictLimit {
                    conflicts += 1
                    try beginAnew(on: connection)
                }
            }
        }
    }

    public func takeFindings() -> StoreFindings {
        defer { writer.findings = StoreFindings() }
        return writer.findings
    }

    public func hasKeptUndecided() throws -> Bool {
        try withConnection { connection in
            if !writer.isUndecided { return false }
            return try settle(on: connection)
        }
    }

    /// Finds out what became of the last transaction.
    ///
    /// - Returns: whether it is committed.
    private func settle(on connection: PostgresConnection) throws -> Bool {
        guard let (session, isCommitted) = try writer.session.settle(on: connection) else {
            try beginAnew(on: connection)
            return false
        }
        writer.session = session
        writer.isUndecided = false
        if isCommitted { writer.known.committed() } else { writer.known.rolledBack() }
        return isCommitted
    }

    /// Begins another session, because others have taken this node for gone: what it had is theirs.
    private func beginAnew(on connection: PostgresConnection) throws {
        let start = BootClock.now
        let begun = try Session.begin(identity, lease: lease, isOwner: isOwner, on: connection)
        writer.session = begun.session
        writer.isUndecided = false
        writer.known.rolledBack()
        writer.known.forgetIDs()
        writer.known.forgetRunsOfOthers()
        writer.findings.lostSession = true
        shared.withLock { shared in
            shared.session = begun.session.id
            shared.wasFenced = true
            shared.leaseEnd = start + lease
        }
    }

    /// A server that has crashed may draw ids again that were drawn in a transaction which was not committed.
    private func reconnect() throws -> PostgresConnection {
        writer.known.forgetIDs()
        writer.known.forgetRunsOfOthers()
        return try PostgresConnection(settings)
    }

    private func withConnection<Result>(_ body: (PostgresConnection) throws -> Result) throws -> Result {
        do {
            let connection = try writer.connection ?? reconnect()
            writer.connection = connection
            // Whoever hears itself has a connection of its own.
            connection.namesStatements = calls.areHeard
            defer { if connection.isLost { writer.connection = nil } }
            return try body(connection)
        } catch let error as PostgresError {
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
            _ = try settle(on: connection)
        }
        let (runsMayHaveChanged, areOthers) = shared.withLock { shared in
            defer { shared.runsMayHaveChanged = false }
            return (shared.runsMayHaveChanged, shared.otherSessions > 0)
        }
        if runsMayHaveChanged { writer.known.forgetRunsOfOthers() }
        if areOthers { writer.known.forgetOldIDs() }
        let start = BootClock.now
        let transaction = PostgresTransaction(
            connection: connection, member: member, known: writer.known,
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
        writer.findings.tallies += transaction.tallies
        writer.findings.takenOver += transaction.takenOver
        let tells = shared.withLock { shared in
            // Counted from when it was sent: the server may have taken it at once.
            shared.leaseEnd = max(shared.leaseEnd, start + lease)
            return shared.otherSessions > 0 || !calls.areHeard
        }
        // The others are to learn of a run's end at once.
        let isNews = transaction.tellsOthers || transaction.tallies.contains(where: \.isOver)
        if tells && isNews { calls.call(on: connection, from: writer.session.id) }
        return result
    }
}
