import Logging
import Synchronization

extension Pipeline {
    /// Looks whether successes are overdue, as the pipeline's `expect` says, and tells of those that have come to be so.
    ///
    /// - Returns: when the next one may be overdue; `nil` if none can be.
    /// - Throws: ``RecorderFailure`` if the store failed.
    public func lookForOverdue() async throws -> Timestamp? {
        guard let rules = configuration.alarms, let within = rules.successWithin else { return nil }
        let now = runtime.wallClock.now()
        let scopes = rules.scopes
        return try await recorder.perform { transaction in
            var overdue: [Overdue] = []
            var writer = AlarmWriter(transaction: transaction, now: now)
            var next: Timestamp?
            for expectation in try transaction.expectations(scopes: scopes, pipeline: rules.pipeline, at: now) {
                let due = expectation.since.advanced(by: within)
                if due > now {
                    next = [next, due].compactMap { $0 }.min()
                    continue
                }
                let found = Overdue(entry: AlarmRules.entry(of: expectation.scope), since: expectation.since)
                overdue.append(found)
                if expectation.isTold { continue }
                try transaction.noteOverdue(scope: expectation.scope, pipeline: rules.pipeline)
                writer.overdue(found, rules, within: within)
            }
            return (overdue, try writer.finish(), next)
        } committed: { [self] found in
            let before = overdue.withLock { state in
                defer { state = found.0 }
                return state
            }
            for new in found.0 where !before.contains(new) {
                logger.error(
                    "a success is overdue", metadata: ["entry": "\(new.entry ?? "")", "since": "\(new.since.iso8601)"])
            }
            recorder.observers.tell(found.1)
        }.2
    }

    /// What is overdue, as sentences for people.
    var overdueProblems: [String] {
        guard let within = configuration.alarms?.successWithin else { return [] }
        return overdue.withLock { $0 }.map { overdue in
            let what = overdue.entry.map { "entry '\($0)'" } ?? "the pipeline"
            return "\(what) has had no success since \(overdue.since.iso8601), and is expected to within "
                + "\(within.formattedSeconds) s"
        }
    }
}
