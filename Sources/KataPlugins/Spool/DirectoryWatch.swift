import CLinux
import Glibc
import Kata

/// Tells what comes into a directory, from a thread that blocks on inotify.
final class DirectoryWatch: Sendable {
    /// What is told.
    enum Event: Sendable {
        /// Files of these names, as bytes, were moved in or closed after writing.
        case came([[UInt8]])
        /// Files came whose names are not known.
        case lost
        /// The directory was moved or removed. The watch tells nothing more.
        case gone
    }

    /// The directory that is watched, whatever its name is by now.
    let identity: FileIdentity
    private let wakeUp: Int32

    /// - Parameter tell: called on the watch's thread, in order.
    /// - Throws: ``FileError``.
    init(path: String, tell: @escaping @Sendable (Event) -> Void) throws {
        guard let identity = FileIdentity(of: path) else {
            throw FileError(path: path, operation: "watch", code: errno)
        }
        self.identity = identity
        let watch = clinux_watch_create(path)
        if watch < 0 { throw FileError(path: path, operation: "watch", code: errno) }
        let wakeUp = clinux_wakeup_create()
        if wakeUp < 0 {
            close(watch)
            throw FileError(path: path, operation: "watch", code: errno)
        }
        self.wakeUp = wakeUp
        do {
            try startThread(named: "kata-spool") {
                Self.run(watch, wakeUp, tell)
                close(watch)
                close(wakeUp)
            }
        } catch {
            close(watch)
            close(wakeUp)
            throw FileError(path: path, operation: "watch", code: error.code)
        }
    }

    deinit { clinux_wakeup_ring(wakeUp) }

    /// Tells until the watch is given up.
    private static func run(_ watch: Int32, _ wakeUp: Int32, _ tell: (Event) -> Void) {
        var buffer = [CChar](repeating: 0, count: Int(CLINUX_WATCH_SIZE))
        while true {
            var length = 0
            let happened = UInt32(bitPattern: clinux_watch_wait(watch, wakeUp, &buffer, &length))
            if happened & CLINUX_WATCH_OTHER.rawValue != 0 { return }
            if happened & CLINUX_WATCH_NAMES.rawValue != 0 {
                tell(.came(buffer[..<length].split(separator: 0).map { $0.map(UInt8.init(bitPattern:)) }))
            }
            if happened & CLINUX_WATCH_LOST.rawValue != 0 { tell(.lost) }
            if happened & CLINUX_WATCH_GONE.rawValue != 0 { tell(.gone) }
        }
    }
}
