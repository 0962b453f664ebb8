import Kata
import KataSQLite
import Logging
import ServiceLifecycle

/// Notices that somebody's reading keeps the write-ahead log of the database from being reset, and says who.
struct WriteAheadLogService: Service {
    let watch: WriteAheadLogWatch
    let recorder: Recorder
    let health: DatabaseHealth
    let logger: Logger
    private static let interval = Duration.seconds(5)

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    let state = try await onThread(named: "kata-log-watch") { [watch] in watch.look() }
                    await note(state)
                    try await PreciseClock().sleep(for: Self.interval)
                }
            }
        } catch is CancellationError {
            // The shutdown.
        }
    }

    /// Says once that the log is held, and when that is over. Another one who holds it is news.
    private func note(_ state: WriteAheadLogState) async {
        let before = health.log
        health.log = state
        if let reader = state.oldestReader {
            if reader.process == before.oldestReader?.process && before.oldestReader != nil { return }
            logger.warning(
                "the write-ahead log grows, because somebody reads an old state of the database",
                metadata: [
                    "bytes": "\(state.bytes)", "reader": "\(reader.description)", "since": "\(reader.since.iso8601)",
                ])
        } else if let reader = before.oldestReader {
            let duration = Timestamp.now().milliseconds - reader.since.milliseconds
            logger.notice(
                "the write-ahead log is free again",
                metadata: [
                    "bytes_before": "\(before.bytes)", "reader": "\(reader.description)",
                    "after_seconds": "\(Duration.milliseconds(duration).formattedSeconds)",
                ])
            await shrink()
        }
    }

    /// Has the log be reset, and cut to its limit, without waiting for jobs: with the first commit all that is in it goes to
    /// the database, and the second one begins it anew.
    private func shrink() async {
        do {
            for _ in 1...2 { try await recorder.perform(waits: false) { try $0.touch() } }
        } catch {
            // The commits that come do it as well.
            logger.debug("the write-ahead log was not cut", metadata: ["error": "\(error)"])
        }
    }
}
