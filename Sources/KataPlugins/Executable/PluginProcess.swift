import Glibc
import Kata
import Logging
import Synchronization

/// One process of a plugin, from its hello to its end.
final class PluginProcess: Sendable {
    /// Why a process answers no more. What it had open was interrupted.
    struct Ended: Error, CustomStringConvertible {
        let description: String
    }

    /// A request that a process was not given, because it takes no more.
    struct NotSent: Error, CustomStringConvertible {
        let description: String
    }

    private struct Open {
        let continuation: UnsafeContinuation<PluginMessage.Answer, any Error>
        let context: JobContext?
    }

    private struct State {
        var hello: PluginHello?
        var open: [UInt64: Open] = [:]
        var lastID: UInt64 = 0
        var answered = 0
        /// Pings that were not answered yet.
        var openPings = 0
        var isLeaving = false
        /// Why it was killed.
        var killReason: String?
        var lastWords = LastWords()
        /// Why it ended; `nil` as long as it has not.
        var end: String?
        var endStatus: ProcessEnd.Status?
        var strayAnswers = 0
    }

    let settings: PluginSettings
    private let logger: Logger
    private let flood = LogLimiter()
    private let state = Mutex(State())
    private let connection = Mutex<PluginConnection?>(nil)
    private let saidHello = Signal()
    /// Fires at the first answer to a ping.
    private let ponged = Signal()
    private let ended = Signal()
    /// Fires when it is leaving and has nothing open any more.
    private let drained = Signal()
    /// Fires when it takes no more: it has ended, or it is to be replaced.
    let leaves = Signal()

    private static let pingInterval = Duration.seconds(10)
    private static let pingLimit = 3

    private init(_ settings: PluginSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Starts a process, and waits until it has said hello.
    ///
    /// - Throws: ``Ended`` if it can't be started, or does not say a proper hello; `CancellationError`.
    static func start(_ settings: PluginSettings, logger: Logger) async throws -> PluginProcess {
        let process = PluginProcess(settings, logger: logger)
        do {
            try await process.connect()
        } catch let error as ProcessLaunchError {
            throw Ended(description: error.description)
        }
        return process
    }

    var concurrency: Int { state.withLock { $0.hello?.concurrency ?? 1 } }
    var hello: PluginHello? { state.withLock { $0.hello } }
    var answered: Int { state.withLock { $0.answered } }
    var hasEnded: Bool { ended.hasFired }
    /// Whether it can be given requests: it is not dead, nor about to be.
    var takesRequests: Bool { state.withLock { $0.end == nil && $0.killReason == nil } }
    /// How many answers were to requests that were not open.
    var strayAnswers: Int { state.withLock { $0.strayAnswers } }
    var endStatus: ProcessEnd.Status? { state.withLock { $0.endStatus } }
    /// Why it ended.
    var endReason: String { state.withLock { $0.end } ?? "" }

    /// Has a request answered. If the task is cancelled, the plugin is told, and killed if it does not answer then, either.
    ///
    /// - Parameter context: of the job that it is about, for the log.
    /// - Throws: ``Ended``; ``NotSent``; `CancellationError` if the task was cancelled before.
    func request(
        context: JobContext? = nil, _ line: @Sendable (_ id: UInt64) -> [UInt8]
    ) async throws -> PluginMessage.Answer {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let bytes = line(id)
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                let refusal: (any Error)? = state.withLock { state in
                    if let end = state.end ?? state.killReason { return NotSent(description: end) }
                    // Looked at under the lock: a cancellation that comes later finds the request open.
                    if Task.isCancelled { return CancellationError() }
                    state.open[id] = Open(continuation: continuation, context: context)
                    return nil
                }
                if let refusal { continuation.resume(throwing: refusal) } else { send(bytes) }
            }
        } onCancel: {
            cancel(id)
        }
    }

    /// Says goodbye, and sees to it that the process ends. Returns when it has.
    func leave() async {
        send(PluginRequest.goodbye)
        let isDrained = state.withLock { state in
            state.isLeaving = true
            return state.open.isEmpty
        }
        if isDrained { drained.fire() }
        // Out of reach of cancellation, because nobody else ends it.
        await Task { [self] in
            // What is open has its own time; until then whoever asked for it may cut it off.
            try? await drained.wait()
            connection.withLock { $0 }?.closeInput()
            for signal in [nil, SIGTERM, SIGKILL] {
                if let signal {
                    let limit = settings.process.killAfter.formattedSeconds
                    state.withLock { $0.killReason = $0.killReason ?? "it did not end within \(limit) s after goodbye" }
                    connection.withLock { $0 }?.signal(signal)
                }
                if await waitForEnd(signal == SIGKILL ? .seconds(60) : settings.process.killAfter) { return }
            }
        }.value
    }

    /// Kills it, for that reason.
    func kill(_ reason: String) {
        state.withLock { $0.killReason = $0.killReason ?? reason }
        connection.withLock { $0 }?.signal(SIGKILL)
    }

    /// - Returns: whether it has ended within that time.
    @discardableResult
    private func waitForEnd(_ limit: Duration) async -> Bool {
        // Cut short by the end; whether it was that is asked afterwards.
        try? await withCancellation(on: ended) { try await PreciseClock().sleep(for: limit) }
        return hasEnded
    }

    private func connect() async throws {
        let events = PluginConnection.Events(
            line: { [weak self] in self?.take($0) },
            errorLine: { [weak self] in self?.takeErrorLine($0) },
            fault: { [weak self] in self?.kill("it \($0)") },
            // The thread's last word keeps the process until it is said.
            end: { [self] in end($0, metLimit: $1) }
        )
        let connection = try await PluginConnection.start(settings.launch, events: events)
        self.connection.withLock { $0 = connection }
        send(settings.hello)
        do {
            try await withCancellation(on: saidHello) { [settings] in
                try await PreciseClock().sleep(for: settings.startTimeout)
            }
            kill("it said no hello within \(settings.startTimeout.formattedSeconds) s")
        } catch is CancellationError {
            if Task.isCancelled { kill("it was not needed any more") }
        }
        if let fault = hello?.fault(asked: settings.kind) { kill("it \(fault)") }
        guard let hello, takesRequests else {
            // For the reason. Whoever is cancelled does not ask for it.
            try? await ended.wait()
            throw Ended(description: endReason)
        }
        if hello.answersPings { ping() }
    }

    private func send(_ bytes: [UInt8]) {
        connection.withLock { $0 }?.send(bytes)
    }

    private func cancel(_ id: UInt64) {
        guard state.withLock({ $0.open[id] != nil }) else { return }
        send(PluginRequest.cancel(id: id))
        // A task of its own: this is called by whoever cancels, who must not wait.
        Task { [self] in
            await waitForEnd(settings.process.killAfter)
            if state.withLock({ $0.open[id] != nil }) {
                kill(
                    "it did not answer within \(settings.process.killAfter.formattedSeconds) s that a job was cancelled"
                )
            }
        }
    }

    /// Pings it, and waits for the first answer of all.
    ///
    /// - Throws: ``Ended``; `CancellationError`.
    func pingOnce() async throws {
        send(PluginRequest.ping(id: 1))
        try await ponged.wait()
        if let end = state.withLock({ $0.end }) { throw Ended(description: end) }
    }

    /// Pings it until it ends.
    private func ping() {
        Task { [self] in
            var id: UInt64 = 0
            while await !waitForEnd(Self.pingInterval) {
                let open = state.withLock { state in
                    defer { state.openPings += 1 }
                    return state.openPings
                }
                if open >= Self.pingLimit {
                    return kill("it answered no ping within \((Self.pingInterval * Self.pingLimit).formattedSeconds) s")
                }
                id += 1
                send(PluginRequest.ping(id: id))
            }
        }
    }

    private func take(_ line: UnsafeBufferPointer<UInt8>) {
        do {
            switch try PluginMessage(line: line) {
            case .hello(let hello):
                state.withLock { $0.hello = $0.hello ?? hello }
                saidHello.fire()
            case .answer(let id, let answer): take(answer, to: id)
            case .pong:
                state.withLock { $0.openPings = 0 }
                ponged.fire()
            case .progress(let id, let text): context(of: id)?.report(progress: text)
            case .log(let level, let message, let id): log(level, message, context(of: id))
            case .other: break
            }
        } catch {
            let beginning = String(decoding: line.prefix(80), as: UTF8.self).printable
            let reason = (error as? JSONScanner.Fault)?.message ?? "\(error)"
            kill("it wrote what is no message: \(reason), in '\(beginning)'")
        }
    }

    private func take(_ answer: PluginMessage.Answer, to id: UInt64) {
        let (open, isDrained) = state.withLock { state in
            let open = state.open.removeValue(forKey: id)
            if open == nil { state.strayAnswers += 1 } else { state.answered += 1 }
            if state.answered == settings.replaceAfter { leaves.fire() }
            return (open, state.isLeaving && state.open.isEmpty)
        }
        if isDrained { drained.fire() }
        if let open { return open.continuation.resume(returning: answer) }
        flood.log { logger.warning("an answer to a request that is not open was ignored", metadata: ["id": "\(id)"]) }
    }

    private func context(of id: UInt64?) -> JobContext? {
        id.flatMap { id in state.withLock { $0.open[id]?.context } }
    }

    private func takeErrorLine(_ line: String) {
        state.withLock { $0.lastWords.add(line) }
        flood.log { logger.notice("\(line)", metadata: ["stream": "stderr"]) }
    }

    private func log(_ level: Logger.Level, _ message: String, _ context: JobContext?) {
        let text = message.utf8.count > LineSplitter.lineLimit ? message.prefix(LineSplitter.lineLimit) + "…" : message
        flood.log { (context?.logger ?? logger).log(level: level, "\(text)") }
    }

    private func end(_ status: ProcessEnd.Status, metLimit: ControlGroupLimit?) {
        let open = state.withLock { state in
            let detail = state.lastWords.line.map { ": \(String($0.prefix(500)).printable)" } ?? ""
            let limit = metLimit.map { " (it \($0))" } ?? ""
            let reason = state.killReason.map { "was killed: \($0)" } ?? "\(status)\(detail)\(limit)"
            state.endStatus = status
            state.end = "plugin '\(settings.name)' \(reason)"
            defer { state.open = [:] }
            return (Array(state.open.values), Ended(description: "plugin '\(settings.name)' \(reason)"))
        }
        for request in open.0 { request.continuation.resume(throwing: open.1) }
        connection.withLock { $0 = nil }
        ended.fire()
        drained.fire()
        ponged.fire()
        saidHello.fire()
        leaves.fire()
    }
}
