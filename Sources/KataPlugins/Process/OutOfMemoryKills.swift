import Foundation
import Synchronization

/// Tells whether the kernel killed processes for want of memory.
///
/// Nothing says of one process why it was killed, so this goes by the kernel's count of such kills, of all processes: if it
/// has grown since it was last looked at, that explains a SIGKILL that nobody here sent. Whoever else sent it is taken for
/// the kernel then, which costs the job no attempt.
final class OutOfMemoryKills: Sendable {
    private let path: String
    private let known: Mutex<Int>

    init(path: String = "/proc/vmstat") {
        self.path = path
        known = Mutex(Self.read(path))
    }

    /// Whether one of them explains a kill. Each explains one.
    func takeOne() -> Bool {
        known.withLock { known in
            guard Self.read(path) > known else { return false }
            known += 1
            return true
        }
    }

    private static func read(_ path: String) -> Int {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return 0 }
        let line = text.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
        return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }
}
