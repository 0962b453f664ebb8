import Dispatch
import Kata

/// More time for what takes longer than the service manager's `TimeoutStartSec` and `TimeoutStopSec`, after which it would kill
/// the daemon. It is asked for again and again, so that a daemon that hangs does not go on asking.
extension ServiceNotifier {
    private static let extensionStep = Duration.seconds(30)
    private static let extensionInterval = Duration.seconds(10)

    /// Has the manager wait for work that blocks, for as long as it takes.
    func extendingTimeout<Result>(_ work: () throws -> Result) rethrows -> Result {
        if !hasManager { return try work() }
        let isOver = DispatchSemaphore(value: 0)
        // Where there is no room for a thread, the manager waits as long as it waits by itself.
        try? startThread(named: "kata-start") {
            repeat {
                extendTimeout(by: Self.extensionStep)
            } while isOver.wait(
                timeout: .now() + Self.extensionInterval.seconds) == .timedOut
        }
        defer { isOver.signal() }
        return try work()
    }

    /// Has the manager wait until the task is cancelled.
    ///
    /// - Throws: `CancellationError`.
    func extendTimeoutUntilCancelled() async throws -> Never {
        while true {
            extendTimeout(by: Self.extensionStep)
            try await PreciseClock().sleep(for: Self.extensionInterval)
        }
    }
}
