import CLinux
import Foundation
import Glibc
import Kata

/// Tells when files come into a directory, from a thread that blocks on inotify.
final class DirectoryWatch: Sendable {
    /// Yields after files came; files that come in quick succession may share an element.
    let changes: AsyncStream<Void>
    private let wakeUp: Int32

    /// - Throws: ``FileError``.
    init(path: String) throws {
        let watch = clinux_watch_create(path)
        if watch < 0 { throw FileError(path: path, operation: "watch", code: errno) }
        let wakeUp = clinux_wakeup_create()
        if wakeUp < 0 {
            close(watch)
            throw FileError(path: path, operation: "watch", code: errno)
        }
        let (changes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.changes = changes
        self.wakeUp = wakeUp
        let thread = Thread {
            while clinux_watch_wait(watch, wakeUp) == 1 { continuation.yield() }
            continuation.finish()
            close(watch)
            close(wakeUp)
        }
        thread.name = "kata-spool"
        thread.start()
    }

    deinit { clinux_wakeup_ring(wakeUp) }
}
