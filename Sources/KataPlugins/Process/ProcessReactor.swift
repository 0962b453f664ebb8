import CLinux
import Foundation
import Glibc
import Kata
import Synchronization

/// Runs processes for tasks: starts them, feeds and reads their pipes and hears of their end, all on one thread, which blocks.
///
/// The thread starts with the first process and ends with the reactor.
final class ProcessReactor: Sendable {
    private let core = ProcessReactorCore()
    private let lastToken = Atomic<UInt64>(0)
    private let hasThread = Atomic(false)

    init() {}

    deinit { core.send(.stop) }

    /// Runs a process to its end. If the task is cancelled, the process is terminated, and killed when that takes too long.
    ///
    /// - Parameters:
    ///   - input: what it reads; `nil` means nothing.
    ///   - outputLimit: how much of its output is kept, in bytes.
    ///   - killAfter: how long it may take to end once it was told to.
    ///   - onErrorLine: called on the reactor's thread with each line that it writes to its standard error.
    /// - Throws: ``ProcessLaunchError``; `CancellationError` if it was not started because the task was cancelled before.
    func run(
        _ launch: ProcessLaunch, input: [UInt8]?, outputLimit: Int, killAfter: Duration,
        onErrorLine: @escaping @Sendable (String) -> Void
    ) async throws -> ProcessEnd {
        startThread()
        let token = lastToken.add(1, ordering: .relaxed).newValue
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                let start = ProcessReactorCore.Start(
                    token: token, launch: launch, input: input, outputLimit: outputLimit, onErrorLine: onErrorLine,
                    continuation: continuation
                )
                if !core.sendUnlessCancelled(.start(start)) { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            core.send(.terminate(token: token, killAfter: killAfter))
        }
    }

    private func startThread() {
        guard hasThread.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged else { return }
        let thread = Thread { [core] in core.run() }
        thread.name = "kata-exec"
        thread.start()
    }
}

/// The part of a ``ProcessReactor`` that its thread keeps alive.
///
/// `@unchecked Sendable`: the requests are under a lock, and everything else belongs to the thread.
final class ProcessReactorCore: @unchecked Sendable {
    struct Start: Sendable {
        let token: UInt64
        let launch: ProcessLaunch
        let input: [UInt8]?
        let outputLimit: Int
        let onErrorLine: @Sendable (String) -> Void
        let continuation: UnsafeContinuation<ProcessEnd, any Error>
    }

    enum Request: Sendable {
        case start(Start)
        case terminate(token: UInt64, killAfter: Duration)
        case stop
    }

    private let requests = Mutex<[Request]>([])
    private let set: Int32
    private let wakeUp: Int32
    private var processes:
        [UInt64: (process: RunningProcess, continuation: UnsafeContinuation<ProcessEnd, any Error>)] = [:]
    private var isStopped = false

    init() {
        set = clinux_epoll_create()
        wakeUp = clinux_wakeup_create()
        precondition(set >= 0 && wakeUp >= 0, "creating an epoll set failed: \(String(cString: strerror(errno)))")
        clinux_epoll_add(set, wakeUp, EPOLLIN.rawValue, 0)
    }

    deinit {
        close(set)
        close(wakeUp)
    }

    func send(_ request: Request) {
        requests.withLock { $0.append(request) }
        clinux_wakeup_ring(wakeUp)
    }

    /// - Returns: `false` if the task was cancelled. A cancellation that comes later finds the request sent.
    func sendUnlessCancelled(_ request: Request) -> Bool {
        let isSent = requests.withLock { requests in
            if Task.isCancelled { return false }
            requests.append(request)
            return true
        }
        if isSent { clinux_wakeup_ring(wakeUp) }
        return isSent
    }

    /// Works until it is told to stop. Whoever holds the reactor waits for its processes, so there are none then.
    func run() {
        clinux_prepare_thread()
        var tokens = [UInt64](repeating: 0, count: 64)
        while !isStopped {
            let count = clinux_epoll_wait(set, &tokens, Int32(tokens.count), timeout)
            for token in tokens.prefix(Int(max(0, count))) {
                if token == 0 { takeRequests() } else { handle(token) }
            }
            killOverdue()
        }
    }

    private func takeRequests() {
        clinux_wakeup_clear(wakeUp)
        let taken = requests.withLock { requests in
            defer { requests = [] }
            return requests
        }
        for request in taken {
            switch request {
            case .start(let start): self.start(start)
            case .terminate(let token, let killAfter):
                processes[token]?.process.terminate(killAt: PreciseClock().now.advanced(by: killAfter))
            case .stop: isStopped = true
            }
        }
    }

    private func start(_ start: Start) {
        do {
            let process = try RunningProcess(
                start.launch, input: start.input, outputLimit: start.outputLimit, onErrorLine: start.onErrorLine)
            processes[start.token] = (process, start.continuation)
            process.register(in: set, token: start.token)
        } catch {
            start.continuation.resume(throwing: error)
        }
    }

    private func handle(_ token: UInt64) {
        guard let entry = processes[token >> 2], let channel = RunningProcess.Channel(rawValue: token & 3),
            let end = entry.process.handle(channel, set: set)
        else { return }
        processes[token >> 2] = nil
        entry.continuation.resume(returning: end)
    }

    /// How long to wait for an event at the most, in milliseconds; negative means for ever.
    private var timeout: Int32 {
        guard let first = processes.values.compactMap(\.process.killDeadline).min() else { return -1 }
        let left = PreciseClock().now.duration(to: first)
        return left <= .zero ? 0 : Int32(min(left.seconds * 1_000 + 1, 60_000))
    }

    private func killOverdue() {
        let now = PreciseClock().now
        for entry in processes.values {
            if let deadline = entry.process.killDeadline, deadline <= now { entry.process.killNow() }
        }
    }
}
