import Foundation
import Kata
import Synchronization

/// Tells whether the kernel killed processes for want of memory.
///
/// Nothing says of one process why it was killed, so this goes by the kernel's count of such kills, of all processes:
/// if the count has grown while the process lived, that explains a SIGKILL that the daemon did not send. A SIGKILL from
/// elsewhere at such a time is taken for the kernel's, and costs the job no attempt.
final class OutOfMemoryKills: Sendable {
    private struct Reading {
        var count: Int
        var time: MonotonicInstant
    }

    /// Reading takes some time, so a reading serves all processes that are started so soon after it.
    private static let freshness = Duration.seconds(1)

    private let path: String
    private let freshness: Duration
    private let last: Mutex<Reading>

    init(path: String = "/proc/vmstat", freshness: Duration = freshness) {
        self.path = path
        self.freshness = freshness
        last = Mutex(Reading(count: Self.read(path) ?? 0, time: PreciseClock().now))
    }

    /// How many such kills there were until about now.
    func count() -> Int {
        last.withLock { last in
            let now = PreciseClock().now
            if last.time.duration(to: now) >= freshness {
                last = Reading(count: Self.read(path) ?? last.count, time: now)
            }
            return last.count
        }
    }

    /// Whether there was such a kill since that count.
    func haveGrown(since count: Int) -> Bool { Self.read(path).map { $0 > count } ?? false }

    /// - Returns: `nil` if it can't be read now, such as without a descriptor for it. A kernel that does not say has killed none,
    ///   as far as can be told.
    private static func read(_ path: String) -> Int? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
        return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }
}
