import CLinux
import Glibc

/// Waits for events of many descriptors at once: the kernel's epoll.
final class EpollSet: Sendable {
    private let descriptor: Int32

    /// - Returns: `nil` if there is no descriptor for it; `errno` says why.
    init?() {
        descriptor = clinux_epoll_create()
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    /// Has a descriptor's events told under a token.
    ///
    /// - Returns: whether there was memory for that; `errno` says why not.
    func add(_ other: Int32, _ events: EPOLL_EVENTS, token: UInt64) -> Bool {
        clinux_epoll_add(descriptor, other, events.rawValue, token) == 0
    }

    /// To be called before the descriptor is closed: a process that is just being started may have a copy of the
    /// descriptor, with which the events would go on.
    func remove(_ other: Int32) {
        clinux_epoll_remove(descriptor, other)
    }

    /// Waits for at most so many milliseconds, or for ever if negative.
    ///
    /// - Parameter tokens: filled with the tokens of the descriptors that have events.
    /// - Returns: how many tokens were filled in.
    func wait(_ tokens: inout [UInt64], milliseconds: Int32) -> Int {
        max(0, Int(clinux_epoll_wait(descriptor, &tokens, Int32(tokens.count), milliseconds)))
    }
}
