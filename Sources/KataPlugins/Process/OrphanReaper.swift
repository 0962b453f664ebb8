import CLinux
import Foundation
import Glibc
import Kata
import Synchronization

/// Takes the exit status of processes that this one has not started.
///
/// As process 1, in a container, it becomes the parent of every process that has lost its own, and whatever ends there stays
/// in the table of processes until its parent asks how it ended. What this process has started is left to whoever waits for
/// it.
public final class OrphanReaper: Sendable {
    static let shared = OrphanReaper()

    /// How often it is looked for such processes.
    private static let interval: UInt32 = 1

    private let isRunning = Atomic<Bool>(false)
    /// What this process has started and not reaped.
    private let own = Mutex<Set<pid_t>>([])

    /// Has the ends of foreign children heard from here on, if this is process 1. To be called before anything is started.
    ///
    /// - Throws: `SystemShortage` if there is no room for the thread that does it.
    public static func takeOver() throws {
        if getpid() == 1 { try shared.run() }
    }

    /// Starts a process that is its starter's to reap.
    ///
    /// - Parameter start: gives the number of the process; `nil` if it was not started.
    func starting<Result: Sendable>(_ start: () -> (process: pid_t?, result: Result)) -> Result {
        guard isRunning.load(ordering: .relaxed) else { return start().result }
        // Under the lock: a process that ends at once must not look foreign.
        return own.withLock { own in
            let (process, result) = start()
            if let process { own.insert(process) }
            return result
        }
    }

    /// Hears that a process was reaped by its starter.
    func forget(_ process: pid_t) {
        guard isRunning.load(ordering: .relaxed) else { return }
        own.withLock { _ = $0.remove(process) }
    }

    private func run() throws {
        isRunning.store(true, ordering: .relaxed)
        try startThread(named: "kata-reaper") { [self] in
            clinux_prepare_thread()
            while true {
                sleep(Self.interval)
                if clinux_has_ended_child() != 0 { reap() }
            }
        }
    }

    private func reap() {
        let ended = Self.endedChildren()
        own.withLock { own in
            for process in ended where !own.contains(process) { waitpid(process, nil, WNOHANG) }
        }
    }

    /// The children of this process that have ended and were not reaped, as /proc has them; none where there is no /proc.
    private static func endedChildren() -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let parent = getpid()
        return names.compactMap { pid_t($0) }.filter { process in
            // A process that is gone by now has none.
            guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return false }
            return isEnded(stat: String(decoding: bytes, as: UTF8.self), childOf: parent)
        }
    }

    /// - Parameter text: of `/proc/N/stat`: `7 (name) Z 1 …`, where the name may hold anything.
    static func isEnded(stat text: String, childOf parent: pid_t) -> Bool {
        guard let name = text.lastIndex(of: ")") else { return false }
        let fields = text[text.index(after: name)...].split(separator: " ")
        return fields.count > 1 && fields[0] == "Z" && fields[1] == "\(parent)"
    }
}
