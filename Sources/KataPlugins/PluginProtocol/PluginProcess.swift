import Glibc
import Kata
import Logging
import Synchronization

/// One process of a plugin, from its hello to its end.
final class PluginProcess: Sendable {
    /// Why a process answers no more. What it had open was interrupted.
    struct Ended: Error, CustomStringConvertible {
        /// Which process, by its ``PluginProcess/number``; `nil` if it could not be started.
        let process: UInt64?
        let description: String
    }

    /// A request that a process was not given, because it takes no more.
    struct NotSent: Error, CustomStringConvertible {
        let description: String
    }

    /// A request that has no answer yet.
    struct Open {
        let continuation: UnsafeContinuation<PluginMessage.Answer, any Error>
        let context: JobContext?
    }

    struct State {
        var hello: PluginHello?
        var open: [UInt64: Open] = [:]
        var lastID: UInt64 = 0
        var answered = 0
        /// Pings that were not answered yet.
        var openPings = 0
        /// Whether it was told goodbye.
        var isLeaving = false
        /// Why it was killed.
        var killReason: String?
        var lastErrorLine = LastErrorLine()
        /// Why it ended; `nil` as long as it has not.
        var end: String?
        var endStatus: ProcessEnd.Status?
        var strayAnswers = 0

        /// Why it takes no request; `nil` if it does.
        var refusal: String? { end ?? killReason ?? (isLeaving ? "it was told goodbye" : nil) }
    }

    let settings: PluginSettings
    /// Unlike that of any other process of a plugin.
    private let number = PluginProcess.lastNumber.add(1, ordering: .relaxed).newValue
    private static let lastNumber = Atomic<UInt64>(0)
    let process: ProcessHandle
    private let reactor: ProcessReactor
    private let clock: any MonotonicClock
    let logger: Logger
    let flood = LogLimiter()
    let state = Mutex(State())
    let saidHello = Latch()
    /// Opens at the first answer to a ping.
    let ponged = Latch()
    private let ended = Latch()
    /// Opens when the process is leaving and has no request open any more, or has ended.
    let drained = Latch()
    /// Opens when the process has ended, or is to be replaced.
    let leaves = Latch()

    private static let pingInterval = Duration.seconds(10)
    /// How many pings may be without an answer before the process is killed.
    private static let pingLimit = 3

    private init(
        _ settings: PluginSettings, _ process: ProcessHandle, on reactor: ProcessReactor, clock: any MonotonicClock,
        logger: Logger
    ) {
        self.settings = settings
        self.process = process
        self.reactor = reactor
        self.clock = clock
        self.logger = logger
    }

    /// Starts a process, and waits until it has said hello.
    ///
    /// - Throws: ``Ended`` if it can't be started, or does not say a proper hello; `CancellationError`.
    static func start(
        _ settings: PluginSettings, on reactor: ProcessReactor, clock: any MonotonicClock = PreciseClock(),
        logger: Logger
    ) async throws -> PluginProcess {
        let handle: ProcessHandle
        do {
            handle = try reactor.makeHandle(for: settings.launch)
        } catch let error as ProcessLaunchError {
            throw Ended(process: nil, description: error.description)
        }
        let process = PluginProcess(settings, handle, on: reactor, clock: clock, logger: logger)
        try await process.begin()
        return process
    }

    var concurrency: Int { state.withLock { $0.hello?.concurrency ?? 1 } }
    var hello: PluginHello? { state.withLock { $0.hello } }
    /// How many requests it has answered.
    var answered: Int { state.withLock { $0.answered } }
    /// How many requests have no answer yet.
    var openCount: Int { state.withLock { $0.open.count } }
    var hasEnded: Bool { ended.isOpen }
    /// Whether it can be given requests: it is not dead, nor about to be, nor told goodbye.
    var takesRequests: Bool { state.withLock { $0.refusal == nil } }
    /// How many answers were to requests that were not open.
    var strayAnswers: Int { state.withLock { $0.strayAnswers } }
    var endStatus: ProcessEnd.Status? { state.withLock { $0.endStatus } }
    /// Why it ended; empty as long as it has not.
    var endReason: String { state.withLock { $0.end } ?? "" }

    /// Says goodbye, and sees to it that the process ends. Returns when it has.
    func leave() async {
        let isDrained = state.withLock { state in
            state.isLeaving = true
            // Sent under the lock, so that no request is sent after it.
            process.send(PluginRequest.goodbye)
            return state.open.isEmpty
        }
        if isDrained { drained.open() }
        // Out of reach of cancellation, because nobody else ends it.
        await Task { [self] in
            // Each open request has a time of its own, and is cut off by the task that made it.
            try? await drained.wait()
            process.closeInput()
            for signal in [nil, SIGTERM, SIGKILL] {
                if let signal {
                    let limit = settings.process.killAfter.formattedSeconds
                    state.withLock { $0.killReason = $0.killReason ?? "it did not end within \(limit) s after goodbye" }
                    process.signal(signal)
                }
                if await waitForEnd(signal == SIGKILL ? .seconds(60) : settings.process.killAfter) { return }
            }
        }.value
    }

    /// Kills it, for that reason.
    func kill(_ reason: String) {
        state.withLock { $0.killReason = $0.killReason ?? reason }
        process.signal(SIGKILL)
    }

    /// - Returns: whether it has ended within that time.
    @discardableResult
    func waitForEnd(_ limit: Duration) async -> Bool {
        // The sleep is cut short by the end of the process, which is looked at afterwards.
        try? await withCancellation(on: ended) { [clock] in try await clock.sleep(for: limit) }
        return hasEnded
    }

    /// Starts it, and waits for its hello.
    private func begin() async throws {
        reactor.start(process, settings.launch, input: .stream) { [self] in PluginOutput(self) }
        process.send(settings.hello)
        do {
            try await withCancellation(on: saidHello) { [settings, clock] in
                try await clock.sleep(for: settings.startTimeout)
            }
            kill("it said no hello within \(settings.startTimeout.formattedSeconds) s")
        } catch is CancellationError {
            if Task.isCancelled { kill("it was not needed any more") }
        }
        if let fault = hello?.fault(asked: settings.kind) { kill("it \(fault)") }
        guard let hello, takesRequests else {
            // The reason is there once the process has ended. Out of reach of cancellation, because nobody else waits.
            await ended.waitIgnoringCancellation()
            throw Ended(process: number, description: endReason)
        }
        if hello.answersPings { ping() }
    }

    /// Pings it, and waits for its first answer to a ping.
    ///
    /// - Throws: ``Ended``; `CancellationError`.
    func pingOnce() async throws {
        process.send(PluginRequest.ping(id: 1))
        try await ponged.wait()
        if let end = state.withLock({ $0.end }) { throw Ended(process: number, description: end) }
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
                process.send(PluginRequest.ping(id: id))
            }
        }
    }

    /// Takes in that it has ended, and fails what it had open.
    func end(_ end: ProcessEnd) {
        let (detail, killReason) = state.withLock { state in
            state.endStatus = end.status
            return (
                state.lastErrorLine.line.map { ": \(String($0.prefix(scalars: 500)).printable)" } ?? "",
                state.killReason
            )
        }
        let limit = end.metLimit.map { " (it \($0))" } ?? ""
        finish(
            "plugin '\(settings.name)' " + (killReason.map { "was killed: \($0)" } ?? "\(end.status)\(detail)\(limit)"))
    }

    /// Takes in that it could not be started.
    func end(_ error: ProcessLaunchError) {
        finish(error.description)
    }

    private func finish(_ reason: String) {
        let open = state.withLock { state in
            state.end = reason
            defer { state.open = [:] }
            return state.open.values
        }
        for request in open { request.continuation.resume(throwing: Ended(process: number, description: reason)) }
        for latch in [ended, drained, ponged, saidHello, leaves] { latch.open() }
    }
}
