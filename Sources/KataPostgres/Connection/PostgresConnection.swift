import Glibc
import Kata

/// A connection to the server. Belongs to one thread at a time.
///
/// What is to be sent is sent as one pipeline, so that it costs one round trip however many statements it is made of.
final class PostgresConnection {
    let settings: PostgresSettings
    private let library: LibPQ
    private let pointer: LibPQ.Connection
    private let clock = PreciseClock()

    /// Connects.
    ///
    /// - Throws: ``LibPQUnavailable``; ``PostgresOpenError/badAddress(_:reason:)``; ``PostgresError``.
    init(_ settings: PostgresSettings) throws {
        self.settings = settings
        library = try LibPQ.load()
        try Self.check(settings.address, library)
        guard let pointer = Self.start(settings, library) else {
            throw PostgresError(state: "", message: "no memory for a connection", isConnectionLost: true)
        }
        self.pointer = pointer
        // Notices would be written to standard error, which is the log's.
        _ = library.setNoticeProcessor(pointer, { _, _ in }, nil)
        try connect()
    }

    deinit {
        library.finish(pointer)
    }

    /// Whether statements are given names, which the server has to keep from one transaction to the next.
    var namesStatements = false
    private var named = NamedStatements()
    /// Whether something was sent whose answer was not read to its end. What is read next would be that.
    private var isBroken = false

    /// Whether nothing more can be sent.
    var isLost: Bool { isBroken || library.status(pointer) != LibPQ.ConnectionStatus.ok }

    /// Sends statements in one go, and reads what they gave.
    ///
    /// - Throws: ``PostgresError``, that of the first statement that failed; those after it were not run.
    @discardableResult
    func send(_ statements: [PostgresStatement]) throws -> [PostgresResult] {
        if isBroken {
            throw PostgresError(state: "", message: "the connection was given up", isConnectionLost: true)
        }
        isBroken = true
        var commands: [Command] = []
        for statement in statements { commands += try queue(statement, behind: commands) }
        var current = 0
        if library.pipelineSync(pointer) != 1 { throw latestError() }
        var results: [PostgresResult] = []
        results.reserveCapacity(statements.count)
        var failure: PostgresError?
        while true {
            try awaitResult()
            guard let result = library.getResult(pointer) else {
                // The end of one command's results.
                current += 1
                if library.status(pointer) != LibPQ.ConnectionStatus.ok { throw failure ?? latestError() }
                continue
            }
            switch library.resultStatus(result) {
            case LibPQ.ResultStatus.pipelineSync:
                library.clear(result)
                isBroken = false
                if let failure { throw failure }
                return results
            case LibPQ.ResultStatus.commandOK, LibPQ.ResultStatus.rows:
                switch commands[current] {
                case .run: results.append(PostgresResult(result, library: library))
                case .name(let key, let name):
                    named.add(name, for: key)
                    library.clear(result)
                }
            case LibPQ.ResultStatus.pipelineAborted: library.clear(result)
            default:
                failure = failure ?? error(of: result)
                library.clear(result)
            }
        }
    }

    /// What others have notified this connection of, which has nothing else to do.
    ///
    /// - Returns: the payloads; none if none come within that time.
    /// - Throws: ``PostgresError``.
    func notifications(within time: Duration) throws -> [String] {
        var payloads = takeNotifications()
        if !payloads.isEmpty { return payloads }
        let socket = library.socket(pointer)
        if socket < 0 { throw latestError() }
        var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        if poll(&entry, 1, Int32(clamping: time.milliseconds)) <= 0 { return [] }
        if library.consumeInput(pointer) != 1 { throw latestError() }
        _ = library.isBusy(pointer)
        payloads = takeNotifications()
        if library.status(pointer) != LibPQ.ConnectionStatus.ok { throw latestError() }
        return payloads
    }

    private func takeNotifications() -> [String] {
        var payloads: [String] = []
        while let notification = library.notifies(pointer) {
            payloads.append(LibPQ.payload(of: notification))
            library.freeMemory(notification)
        }
        return payloads
    }

    /// What was sent.
    private enum Command {
        /// A statement was given a name.
        case name(NamedStatements.Key, String)
        /// A statement was carried out.
        case run
    }

    /// Sends a statement, and before that its name if it is to get one.
    private func queue(_ statement: PostgresStatement, behind others: [Command]) throws -> [Command] {
        let values = statement.values.map(\.bytes)
        let lengths = values.map { Int32($0?.count ?? 0) }
        let types = statement.values.map(\.type)
        let formats = [Int32](repeating: 1, count: values.count)
        // One piece of memory for all of them, because a pointer to each has to be valid during the call.
        var memory: [UInt8] = []
        memory.reserveCapacity(values.reduce(0) { $0 + ($1?.count ?? 0) + 1 })
        var offsets: [Int?] = []
        for value in values {
            guard let value else {
                offsets.append(nil)
                continue
            }
            offsets.append(memory.count)
            memory.append(contentsOf: value)
            memory.append(0)
        }
        let (name, commands) = try name(of: NamedStatements.Key(sql: statement.sql, types: types), behind: others)
        let isSent = memory.withUnsafeBytes { memory in
            let base = memory.baseAddress?.assumingMemoryBound(to: CChar.self)
            let pointers = offsets.map { offset in offset.flatMap { base?.advanced(by: $0) } }
            guard let name else {
                return library.sendQueryParams(
                    pointer, statement.sql, Int32(values.count), types, pointers, lengths, formats, 1)
            }
            return library.sendQueryPrepared(pointer, name, Int32(values.count), pointers, lengths, formats, 1)
        }
        if isSent != 1 { throw latestError() }
        return commands + [.run]
    }

    /// The name of a statement, which is sent if the server does not know it yet.
    private func name(
        of key: NamedStatements.Key, behind others: [Command]
    ) throws -> (name: String?, commands: [Command]) {
        guard namesStatements else { return (nil, []) }
        if let name = named[key] { return (name, []) }
        // One name at a time, so that it is known which ones the server has taken.
        let isNaming = others.contains { if case .name = $0 { true } else { false } }
        guard !isNaming, let name = named.newName() else { return (nil, []) }
        if library.sendPrepare(pointer, name, key.sql, Int32(key.types.count), key.types) != 1 { throw latestError() }
        return (name, [.name(key, name)])
    }

    /// Waits until a result can be taken without waiting, and meanwhile sends what is still to be sent.
    private func awaitResult() throws {
        while true {
            let flushed = library.flush(pointer)
            if flushed < 0 { throw latestError() }
            if library.isBusy(pointer) == 0 && flushed == 0 { return }
            if library.isBusy(pointer) == 0 && library.status(pointer) != LibPQ.ConnectionStatus.ok { return }
            // From the last bytes on: to send a gigabyte takes as long as it takes.
            try awaitSocket(writes: flushed == 1, until: clock.now.advanced(by: settings.answerTimeout))
            if library.consumeInput(pointer) != 1 { throw latestError() }
        }
    }

    private func awaitSocket(reads: Bool = true, writes: Bool, until deadline: MonotonicInstant) throws {
        let socket = library.socket(pointer)
        if socket < 0 { throw latestError() }
        var entry = pollfd(fd: socket, events: Int16((reads ? POLLIN : 0) | (writes ? POLLOUT : 0)), revents: 0)
        while true {
            let left = clock.now.duration(to: deadline).milliseconds
            if left <= 0 {
                throw PostgresError(state: "", message: "the server gives no answer", isConnectionLost: true)
            }
            let count = poll(&entry, 1, Int32(clamping: left + 1))
            if count > 0 { return }
            if count < 0 && errno != EINTR {
                throw PostgresError(
                    state: "", message: "poll: \(String(cString: strerror(errno)))", isConnectionLost: true)
            }
        }
    }
}

/// The beginning of a connection.
extension PostgresConnection {
    private static func check(_ address: PostgresAddress, _ library: LibPQ) throws {
        var message: UnsafeMutablePointer<CChar>?
        let options = library.parseConnectionText(address.text, &message)
        defer { library.freeMemory(message) }
        if options == nil {
            // The library's own words may hold a part of the password.
            let reason =
                address.mayHoldPassword
                ? "write % as %25, @ as %40, / as %2F, : as %3A and ? as %3F in what it is made of"
                : message.map { String(cString: $0) }?.oneLine ?? "it can't be understood"
            throw PostgresOpenError.badAddress(address.shown, reason: reason)
        }
        library.freeConnectionOptions(options)
    }

    private static func start(_ settings: PostgresSettings, _ library: LibPQ) -> LibPQ.Connection? {
        // The address comes last, so that it may say otherwise.
        let parameters = [
            ("client_encoding", "UTF8"), ("fallback_application_name", "katad"), ("keepalives_idle", "10"),
            ("keepalives_interval", "5"), ("keepalives_count", "3"), ("dbname", settings.address.text),
        ]
        let names = parameters.map { strdup($0.0) } + [nil]
        let values = parameters.map { strdup($0.1) } + [nil]
        defer { for text in names + values { free(text) } }
        return library.connectStart(names.map { UnsafePointer($0) }, values.map { UnsafePointer($0) }, 1)
    }

    private func connect() throws {
        let deadline = clock.now.advanced(by: settings.connectTimeout)
        if library.status(pointer) == LibPQ.ConnectionStatus.bad { throw latestError() }
        var polling = LibPQ.Polling.writing
        while polling != LibPQ.Polling.ok {
            if polling == LibPQ.Polling.failed { throw refusal() }
            let writes = polling == LibPQ.Polling.writing
            try awaitSocket(reads: !writes, writes: writes, until: deadline)
            polling = library.connectPoll(pointer)
        }
        if library.setNonblocking(pointer, 1) != 0 || library.enterPipelineMode(pointer) != 1 { throw latestError() }
    }
}

/// Errors.
extension PostgresConnection {
    /// Why there is no connection. libpq tells no code of what the server said then, but only its words.
    private func refusal() -> PostgresError {
        let error = latestError()
        let codes = [
            (
                "28000",
                [
                    "authentication failed", "no password supplied", "pg_hba.conf", "role \"",
                    "certificate verify failed",
                ]
            ),
            ("3D000", ["database \""]),
        ]
        let state = codes.first { $0.1.contains { error.message.contains($0) } }?.0 ?? ""
        return PostgresError(state: state, message: error.message, isConnectionLost: true)
    }

    private func latestError() -> PostgresError {
        let message = library.errorMessage(pointer).map { String(cString: $0) } ?? ""
        return PostgresError(
            state: "", message: message.oneLine.isEmpty ? "the connection was lost" : message.oneLine,
            isConnectionLost: true)
    }

    private func error(of result: LibPQ.Result) -> PostgresError {
        func field(_ code: Int32) -> String? { library.resultErrorField(result, code).map { String(cString: $0) } }
        // Without a code it is libpq's own, such as that the connection was closed.
        guard let state = field(LibPQ.ErrorField.state), let message = field(LibPQ.ErrorField.message) else {
            return latestError()
        }
        let isFatal = ["FATAL", "PANIC"].contains(field(LibPQ.ErrorField.severity))
        let isLost = library.status(pointer) != LibPQ.ConnectionStatus.ok
        return PostgresError(state: state, message: message.oneLine, isConnectionLost: isFatal || isLost)
    }
}

extension String {
    /// libpq's texts have several lines, of which the first one says what there is to say.
    fileprivate var oneLine: String {
        split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    }
}
