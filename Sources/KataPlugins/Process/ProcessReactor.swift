import Glibc
import Kata
import Synchronization

/// Runs processes: starts them, feeds and reads their pipes and hears of their end, all on one thread, which blocks.
///
/// The thread starts with the first process and ends with the reactor. The kernel kills a process with the thread that
/// started it, so a reactor has to be kept as long as its processes.
final class ProcessReactor: Sendable {
    /// What the thread is asked by, and where it is known as a part that has to get on; `nil` before it is needed.
    private let thread: Mutex<(mailbox: ReactorMailbox, entry: ProgressRegistry.Entry?)?>
    private let lastToken = Atomic<UInt64>(0)
    private let name: String

    /// - Parameter name: of the thread, at most 15 bytes.
    init(name: String) {
        self.name = name
        thread = Mutex(nil)
    }

    /// A reactor without a thread: whoever has the mailbox does what it is asked for.
    init(mailbox: ReactorMailbox) {
        name = ""
        thread = Mutex((mailbox, nil))
    }

    deinit {
        guard let thread = self.thread.withLock({ $0 }) else { return }
        if let entry = thread.entry { ProgressRegistry.shared.remove(entry) }
        thread.mailbox.send(.stop)
    }

    /// Names a process that is to be started by ``start(_:_:input:observer:)``.
    ///
    /// - Throws: ``ProcessLaunchError`` if there is no descriptor or memory left for the thread's own needs.
    func makeHandle(for launch: ProcessLaunch) throws -> ProcessHandle {
        ProcessHandle(
            mailbox: try runningMailbox(launch), token: lastToken.add(1, ordering: .relaxed).newValue)
    }

    /// Starts a process. What becomes of it, and that it could not be started, is told to the observer.
    func start(
        _ process: ProcessHandle, _ launch: ProcessLaunch, input: ProcessPipes.Input,
        observer: @escaping @Sendable () -> any ProcessObserver
    ) {
        process.mailbox.send(.start(token: process.token, launch, input: input, observer: observer))
    }

    /// Starts a process as ``start(_:_:input:observer:)`` does, unless the current task was cancelled before.
    ///
    /// - Returns: whether it is started.
    func startUnlessCancelled(
        _ process: ProcessHandle, _ launch: ProcessLaunch, input: ProcessPipes.Input,
        observer: @escaping @Sendable () -> any ProcessObserver
    ) -> Bool {
        process.mailbox.sendUnlessCancelled(
            .start(token: process.token, launch, input: input, observer: observer))
    }

    private func runningMailbox(_ launch: ProcessLaunch) throws -> ReactorMailbox {
        try thread.withLock { thread in
            if let thread { return thread.mailbox }
            guard let mailbox = ReactorMailbox(), let set = EpollSet(), ReactorLoop.prepare(set, mailbox) else {
                throw ProcessLaunchError(launch, code: errno)
            }
            do throws(SystemShortage) {
                try startThread(named: name) { ReactorLoop(mailbox, set).run() }
            } catch {
                throw ProcessLaunchError(launch, code: error.code)
            }
            thread = (mailbox, ProgressRegistry.shared.add(mailbox.progress(name)))
            return mailbox
        }
    }
}
