import Kata
import Logging
import Synchronization

/// Logs what a job's process writes to its standard error, up to a limit.
final class ErrorLog: Sendable {
    /// Of the lines of all jobs together. The journal takes 200,000 in 30 seconds of the unit, and drops what comes after them,
    /// were it the receipt of a drain.
    private static let flood = LogLimiter(limit: 2_000)
    private let context: JobContext
    /// How many bytes may still be logged.
    private let room: Mutex<Int>

    init(limit: Int, context: JobContext) {
        self.context = context
        room = Mutex(limit)
    }

    func add(_ line: String) {
        let (isLogged, isLast) = room.withLock { room in
            let before = room
            room -= line.utf8.count + 1
            return (before > 0, before > 0 && room <= 0)
        }
        if !isLogged { return }
        let logger = context.logger
        Self.flood.log { leftOut in
            if leftOut > 0 {
                logger.notice(
                    "lines that jobs wrote to stderr are not logged, because there were too many in a second",
                    metadata: ["lines": "\(leftOut)"])
            }
            logger.notice("\(line)", metadata: ["stream": "stderr"])
        }
        if isLast { logger.notice("there was more on stderr, which is not logged") }
    }
}
