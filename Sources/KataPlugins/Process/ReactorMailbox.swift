import CLinux
import Glibc
import Kata
import Synchronization

/// What other threads ask of a reactor's thread, in order.
final class ReactorMailbox: Sendable {
    enum Request: Sendable {
        case start(
            token: UInt64, ProcessLaunch, input: ProcessPipes.Input, observer: @Sendable () -> any ProcessObserver)
        case write(token: UInt64, [UInt8])
        case closeInput(token: UInt64)
        case signal(token: UInt64, Int32)
        case terminate(token: UInt64, killAfter: Duration)
        /// Calls the closure, to show that the thread gets on.
        case answer(@Sendable () -> Void)
        case stop
    }

    /// Becomes readable when there are requests.
    let wakeUp: Int32
    private let requests = Mutex<[Request]>([])
    /// How many requests were done: to start a process may take seconds, and many of them may come at once.
    private let done = Atomic<UInt64>(0)

    /// - Returns: `nil` if there is no descriptor for it; `errno` says why.
    init?() {
        wakeUp = clinux_wakeup_create()
        if wakeUp < 0 { return nil }
    }

    deinit { close(wakeUp) }

    func send(_ request: Request) {
        send(request) { true }
    }

    /// Sends a request unless the task was cancelled. A cancellation that comes later finds it sent.
    ///
    /// - Returns: whether it was sent.
    func sendUnlessCancelled(_ request: Request) -> Bool {
        send(request) { !Task.isCancelled }
    }

    /// Whether the thread gets on that takes the requests.
    ///
    /// - Parameter thread: its name.
    func progress(_ thread: String) -> ProgressCheck {
        .answering(
            "thread \(thread)", otherSteps: { [self] in done.load(ordering: .relaxed) },
            ask: { [self] answer in send(.answer(answer)) })
    }

    /// Says that a request was done.
    func countDone() { done.add(1, ordering: .relaxed) }

    /// Takes all requests that are there, in order.
    func take() -> [Request] {
        clinux_wakeup_clear(wakeUp)
        return requests.withLock { requests in
            defer { requests = [] }
            return requests
        }
    }

    @discardableResult
    private func send(_ request: Request, if condition: () -> Bool) -> Bool {
        let (isSent, isFirst) = requests.withLock { requests in
            guard condition() else { return (false, false) }
            requests.append(request)
            return (true, requests.count == 1)
        }
        // The thread takes all there are, so only the first has to wake it.
        if isFirst { clinux_wakeup_ring(wakeUp) }
        return isSent
    }
}
