package import Glibc
import Synchronization

/// How many files and connections this process may have open.
package enum FileDescriptorLimit {
    /// How many descriptors are needed besides those of connections.
    private static let reserve = 128

    /// What the limit was before it was raised.
    private static let atStart = Mutex<rlimit?>(nil)

    /// The limit that this process was started with, if it has another one now; `nil` if not. Programs that it starts are to have
    /// that one: some walk through all descriptors that they could have, and select(2) knows only 1,024 of them.
    package static var original: rlimit? { atStart.withLock { $0 } }

    /// Raises the limit as far as the system allows without privileges.
    ///
    /// - Parameter count: what is enough: the limit is not raised past it, and never lowered.
    package static func raise(to count: Int = .max) {
        guard var limit = read() else { return }
        let old = limit
        limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, rlim_t(count)))
        if limit.rlim_cur == old.rlim_cur { return }
        // If the system refuses, the limit stays as it was, which is enough for fewer connections.
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        atStart.withLock { $0 = $0 ?? old }
    }

    /// How many connections there may be, up to the number that is wanted.
    package static func connections(wanted: Int) -> Int {
        guard let limit = read() else { return wanted }
        return min(wanted, max(1, Int(clamping: limit.rlim_cur) - reserve))
    }

    private static func read() -> rlimit? {
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? limit : nil
    }
}
