import Dispatch
import Glibc
import Synchronization

/// What a program needs for sure. Libraries end the process where they find no descriptor or no thread for themselves, and some of
/// them much later; so it is looked first whether there is room for all of them.
package struct StartReserve: Sendable {
    private let descriptors: Int
    private let threads: Int

    /// Of the daemon: its own descriptors and those of its libraries come to about forty with two idle clients. The threads are
    /// those without any of plugins, and with as many of the pool as a small machine has processors.
    package static let daemon = StartReserve(descriptors: 64, threads: 16)
    /// Of a program that sends requests and keeps nothing open.
    package static let client = StartReserve(descriptors: 16, threads: 4)

    /// Makes sure that there is room.
    ///
    /// - Throws: ``SystemShortage``.
    package func check() throws(SystemShortage) {
        try checkDescriptors()
        try checkThreads()
    }

    private func checkDescriptors() throws(SystemShortage) {
        var opened: [Int32] = []
        defer { for descriptor in opened { close(descriptor) } }
        while opened.count < descriptors {
            let descriptor = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
            if descriptor < 0 { throw SystemShortage("open \(descriptors) files", code: errno) }
            opened.append(descriptor)
        }
    }

    private func checkThreads() throws(SystemShortage) {
        let end = DispatchSemaphore(value: 0)
        let ended = DispatchGroup()
        var started = 0
        defer {
            for _ in 0..<started { end.signal() }
            ended.wait()
        }
        while started < threads {
            ended.enter()
            do {
                try startThread(named: "kata-reserve") {
                    end.wait()
                    ended.leave()
                }
            } catch {
                ended.leave()
                throw SystemShortage("start \(threads) threads", code: error.code)
            }
            started += 1
        }
    }
}
