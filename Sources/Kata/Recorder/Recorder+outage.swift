import Logging
import Synchronization

/// What the recorder does while the store takes no writes.
extension Recorder {
    /// What keeps the store from taking writes; `nil` while it takes them.
    public var outage: StoreOutage? { availability.outage }

    /// Has a store that takes no writes, now or later, not be waited for any more: the recorder fails then.
    public func endPatience() {
        hasNoPatience.store(true, ordering: .relaxed)
    }

    /// Whether the recorder's thread comes to what it is asked. It does while it waits for a store that takes no writes, too;
    /// a recorder that was stopped, or has failed, has nothing to do any more.
    package var progress: ProgressCheck {
        .answering("recorder") { [mailbox] answer in
            do {
                try mailbox.sendAtOnce(.question(answer: answer))
            } catch {
                answer()
            }
        }
    }

    /// Tries again what could not be committed, with what comes meanwhile, until the store takes it.
    ///
    /// - Parameter waiting: what could not be committed; afterwards what is left of it if an error is thrown.
    /// - Returns: whether there are more dependents to resolve.
    /// - Throws: what the store threw last, once nobody waits for it any more; any other failure of it.
    func outlast(
        _ first: StoreFailure, _ waiting: inout [RecorderRequest], resolvesDependents: Bool
    ) throws -> Bool {
        let began = runtime.clock.now
        let deadline = began.advanced(by: patience.limit)
        var latest = first
        waiting = answering(waiting)
        // What may be kept after all is neither refused nor acknowledged before another commit has settled that.
        if !first.isUndecided { waiting = refusingHasty(waiting, first) }
        note(latest, waiting)
        while true {
            try wait(for: patience.interval, &waiting, latest)
            do {
                let hasMore = try tryAgain(&waiting, resolvesDependents: resolvesDependents)
                noteEnd(after: began.duration(to: runtime.clock.now))
                return hasMore
            } catch let failure as StoreFailure where failure.mayPass {
                if runtime.clock.now >= deadline { throw failure }
                latest = failure
                note(latest, waiting)
            }
        }
    }

    /// Takes in what comes until the next try, and refuses what does not wait.
    ///
    /// - Throws: the failure, if nobody waits for the store any more.
    private func wait(
        for interval: Duration, _ waiting: inout [RecorderRequest], _ failure: StoreFailure
    ) throws {
        let next = runtime.clock.now.advanced(by: interval)
        while true {
            if hasNoPatience.load(ordering: .relaxed) { throw failure }
            let left = runtime.clock.now.duration(to: next)
            if left <= .zero { return }
            // In short pieces, because patience may end at any time.
            let received = answering(mailbox.receive(most: Self.batchLimit, within: min(left, .milliseconds(100))))
            if received.isEmpty { continue }
            waiting += refusingHasty(received, failure)
            note(failure, waiting)
        }
    }

    private func tryAgain(_ waiting: inout [RecorderRequest], resolvesDependents: Bool) throws -> Bool {
        if waiting.isEmpty { try store.checkTakesWrites() }
        var hasMore = resolvesDependents
        while !waiting.isEmpty {
            let batch = Array(waiting.prefix(Self.batchLimit))
            hasMore = try commit(batch, resolvesDependents: hasMore)
            waiting.removeFirst(batch.count)
        }
        return hasMore
    }

    /// - Returns: the requests that are no questions. Those are answered.
    private func answering(_ requests: [RecorderRequest]) -> [RecorderRequest] {
        requests.filter { request in
            guard case .question(let answer) = request else { return true }
            answer()
            return false
        }
    }

    /// - Returns: the requests that wait. The others learn that they failed.
    private func refusingHasty(_ requests: [RecorderRequest], _ failure: StoreFailure) -> [RecorderRequest] {
        requests.filter { request in
            guard case .operation(let operation) = request, !operation.waits else { return true }
            operation.fail(failure)
            return false
        }
    }

    private func note(_ failure: StoreFailure, _ waiting: [RecorderRequest]) {
        let results = waiting.count { request in
            if case .completion = request { true } else { false }
        }
        guard availability.fail(failure, waiting: results, at: runtime.wallClock.now()) else { return }
        logger.error(
            "the store takes no writes; no job is begun, and it is tried again",
            metadata: ["error": "\(failure)", "results_waiting": "\(results)"])
        onOutage(availability.outage)
    }

    private func noteEnd(after duration: Duration) {
        availability.recover()
        logger.notice("the store takes writes again", metadata: ["after_seconds": "\(duration.formattedSeconds)"])
        onOutage(nil)
    }
}
