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

    /// Takes in that the store takes no writes.
    func beginOutage(_ failure: StoreFailure, _ requests: [RecorderRequest]) -> RecorderOutage {
        let began = runtime.clock.now
        // What may be kept after all is neither refused nor acknowledged before another commit has settled that.
        let waiting = failure.isUndecided ? answering(requests) : refusingHasty(answering(requests), failure)
        note(failure, waiting)
        return RecorderOutage(
            began: began, deadline: began.advanced(by: patience.limit),
            nextTry: runtime.clock.now.advanced(by: patience.interval), failure: failure, waiting: waiting)
    }

    /// Takes in what comes until the next try, or tries again what could not be committed, with what came meanwhile.
    ///
    /// - Parameter waits: whether to block while there is nothing to do.
    /// - Throws: what the store threw last, once nobody waits for it any more; any other failure of it.
    func outlast(_ work: inout RecorderWork, waits: Bool) throws -> RecorderWork.Step {
        guard let outage = work.outage else { return .idle }
        if hasNoPatience.load(ordering: .relaxed) { throw outage.failure }
        let left = runtime.clock.now.duration(to: outage.nextTry)
        if left > .zero {
            // In short pieces, because patience may end at any time.
            let pause = waits ? min(left, .milliseconds(100)) : .zero
            let received = answering(mailbox.receive(most: Self.batchLimit, within: pause))
            if received.isEmpty { return .idle }
            work.outage?.waiting += refusingHasty(received, outage.failure)
            note(outage.failure, work.outage?.waiting ?? [])
            return .worked
        }
        do {
            try tryAgain(&work)
            noteEnd(after: outage.began.duration(to: runtime.clock.now))
            work.outage = nil
            tellOfCommit()
        } catch let commit as UndecidedCommit {
            work.outage?.undecided = commit
            try waitLonger(&work, after: commit.failure)
        } catch let failure as StoreFailure where failure.mayPass {
            try waitLonger(&work, after: failure)
        }
        return .worked
    }

    private func waitLonger(_ work: inout RecorderWork, after failure: StoreFailure) throws {
        if let deadline = work.outage?.deadline, runtime.clock.now >= deadline { throw failure }
        work.outage?.failure = failure
        work.outage?.nextTry = runtime.clock.now.advanced(by: patience.interval)
        note(failure, work.outage?.waiting ?? [])
    }

    private func tryAgain(_ work: inout RecorderWork) throws {
        var isKept = false
        if let undecided = work.outage?.undecided {
            isKept = try store.hasKeptUndecided()
            if isKept {
                work.outage?.waiting.removeFirst(undecided.requests.count)
                finish(undecided.requests, undecided.group)
                work.hasMore = undecided.group.hasMore
            }
            work.outage?.undecided = nil
        }
        if !isKept, work.outage?.waiting.isEmpty ?? true { try store.checkTakesWrites() }
        while let batch = work.outage?.waiting.prefix(Self.batchLimit), !batch.isEmpty {
            work.hasMore = try commit(Array(batch), resolvesDependents: work.hasMore)
            work.outage?.waiting.removeFirst(batch.count)
        }
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
        switch availability.fail(failure, waiting: results, at: runtime.wallClock.now()) {
        case .none: return
        case .began:
            logger.error(
                "the store takes no writes; no job is begun, and it is tried again",
                metadata: ["error": "\(failure)", "results_waiting": "\(results)"])
        case .otherCause:
            logger.error("the store still takes no writes, for another reason", metadata: ["error": "\(failure)"])
        }
        onOutage(availability.outage)
    }

    private func noteEnd(after duration: Duration) {
        availability.recover()
        logger.notice("the store takes writes again", metadata: ["after_seconds": "\(duration.formattedSeconds)"])
        onOutage(nil)
    }
}
