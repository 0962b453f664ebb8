import Glibc

/// How many files and connections this process may have open.
package enum FileDescriptorLimit {
    /// How many descriptors are needed besides those of connections.
    private static let reserve = 128

    /// Raises the limit as far as the system allows without privileges.
    ///
    /// - Parameter count: what is enough: the limit is not raised past it, and never lowered.
    package static func raise(to count: Int = .max) {
        guard var limit = read() else { return }
        limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, rlim_t(count)))
        // If the system refuses, the limit stays as it was, which is enough for fewer connections.
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Makes sure that so many may be open, those that are open already included.
    ///
    /// - Throws: ``FileDescriptorShortage``.
    package static func require(_ count: Int) throws {
        raise(to: count)
        guard let limit = read(), limit.rlim_cur < rlim_t(count) else { return }
        throw FileDescriptorShortage(allowed: Int(clamping: limit.rlim_cur), needed: count)
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
