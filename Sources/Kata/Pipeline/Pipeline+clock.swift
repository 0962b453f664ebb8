import Logging
import Synchronization

/// What it means that the clock was set.
extension Pipeline {
    /// Takes in that the clock was set: what is to come by it may come sooner.
    ///
    /// - Throws: ``RecorderFailure`` if the store failed.
    public func clockWasSet() async throws {
        guard case .running(let current) = state.withLock({ $0.phase }) else { return }
        let run = current.session.run.id
        _ = try await recorder.perform { [runtime, logger] transaction in
            Self.tell(of: try transaction.drawBack(run: run, to: runtime.wallClock.now()), logger)
        }
        // The feed looks again at what is due.
        current.session.news.scheduled(for: runtime.wallClock.now())
    }

    static func tell(of drawnBack: Int, _ logger: Logger) {
        if drawnBack == 0 { return }
        logger.warning(
            "the clock was ahead; jobs that it had put off come as long after now",
            metadata: ["jobs": "\(drawnBack)"])
    }
}
