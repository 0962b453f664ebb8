import Logging

/// What others did that work with the same store.
extension Recorder {
    /// The jobs whose ends somebody waits for.
    package var awaitedJobs: [Job.ID] { observers.waiters.jobs }

    /// Takes in what transactions have shown.
    func take(_ findings: StoreFindings) {
        for node in findings.takenOver {
            logger.warning(
                "another node is taken for gone; what it had in hand is done by others", metadata: ["node": "\(node)"])
        }
        if findings.lostSession { logger.warning("this node was taken for gone by others; it begins anew") }
        observers.tell(findings)
    }

    /// Takes in what other nodes did to jobs, and that there may be more results.
    ///
    /// - Throws: ``RecorderFailure`` if the store failed.
    package func take(cancelled: [JobChange], finished: [Job.ID]) async throws {
        if !finished.isEmpty { observers.waiters.finished(finished) }
        tellOfCommit()
        if cancelled.isEmpty { return }
        // On the recorder's thread, as all changes are told.
        try await perform { _ in
        } committed: { [observers] in
            observers.tell(cancelled)
        }
    }
}
