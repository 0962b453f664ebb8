import CLinux
import Glibc
import Kata

/// The loop of a ``ProcessReactor``'s thread, which alone uses it.
final class ReactorLoop {
    private let mailbox: ReactorMailbox
    private let set: EpollSet
    private var processes: [UInt64: RunningProcess] = [:]
    private var isStopped = false
    /// The token of the mailbox; those of processes begin with 1.
    private static let mailboxToken: UInt64 = 0

    init(_ mailbox: ReactorMailbox, _ set: EpollSet) {
        self.mailbox = mailbox
        self.set = set
    }

    /// Has a set tell of the requests in a mailbox, before the loop is made.
    ///
    /// - Returns: whether there was memory for that; `errno` says why not.
    static func prepare(_ set: EpollSet, _ mailbox: ReactorMailbox) -> Bool {
        set.add(mailbox.wakeUp, EPOLLIN, token: mailboxToken)
    }

    /// Works until it is told to stop. The reactor's owner waits for its processes before, so there are none then but those
    /// that could not be killed; their ends are still heard of.
    func run() {
        clinux_prepare_thread()
        var tokens = [UInt64](repeating: 0, count: 64)
        while !isStopped || !processes.isEmpty {
            let count = set.wait(&tokens, milliseconds: timeout)
            for token in tokens.prefix(count) {
                if token == Self.mailboxToken { takeRequests() } else { handle(token) }
            }
            handleDeadlines()
        }
    }

    private func takeRequests() {
        for request in mailbox.take() {
            switch request {
            case .start(let token, let launch, let input, let observer):
                start(token, launch, input: input, observer())
            case .write(let token, let bytes): processes[token]?.send(bytes)
            case .closeInput(let token): processes[token]?.closeInput()
            case .signal(let token, let number): processes[token]?.signal(number)
            case .terminate(let token, let killAfter):
                processes[token]?.terminate(killAt: PreciseClock().now.advanced(by: killAfter))
            case .answer(let answer): answer()
            case .stop: isStopped = true
            }
            mailbox.countDone()
        }
    }

    private func start(
        _ token: UInt64, _ launch: ProcessLaunch, input: ProcessPipes.Input, _ observer: any ProcessObserver
    ) {
        do {
            processes[token] = try RunningProcess(launch, input: input, set: set, token: token, observer)
        } catch let error as ProcessLaunchError {
            observer.notStarted(error)
        } catch {
            preconditionFailure("starting a process throws nothing else: \(error)")
        }
    }

    private func handle(_ token: UInt64) {
        let process = token >> RunningProcess.Channel.bits
        guard let channel = RunningProcess.Channel(rawValue: token & (1 << RunningProcess.Channel.bits - 1)),
            processes[process]?.handle(channel) == .over
        else { return }
        processes[process] = nil
    }

    /// How long to wait for an event at the most, in milliseconds; negative means for ever.
    private var timeout: Int32 {
        guard let first = processes.values.lazy.compactMap(\.nextDeadline).min() else { return -1 }
        let left = PreciseClock().now.duration(to: first)
        return left <= .zero ? 0 : Int32(min(left.seconds * 1_000 + 1, 60_000))
    }

    private func handleDeadlines() {
        if processes.isEmpty { return }
        let now = PreciseClock().now
        for process in processes.values { process.handleDeadlines(at: now) }
    }
}
