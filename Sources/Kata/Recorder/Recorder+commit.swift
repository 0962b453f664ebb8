import Logging
import Synchronization

/// The work of the recorder's thread: what was sent, in one transaction after the other.
extension Recorder {
    /// Does the next piece of work: records what was sent in one transaction, or waits for a store that takes no writes.
    /// Called by one thread only.
    ///
    /// - Parameter waits: whether to block while there is nothing to do.
    package func step(_ work: inout RecorderWork, waits: Bool) -> RecorderWork.Step {
        if work.outage != nil { return stepThroughOutage(&work, waits: waits) }
        guard let requests = mailbox.receive(most: Self.batchLimit, waits: waits && !work.hasMore) else {
            end()
            return .over
        }
        if requests.isEmpty && !work.hasMore { return .idle }
        do {
            work.hasMore = try commit(requests, resolvesDependents: work.hasMore)
            tellOfCommit()
        } catch let commit as UndecidedCommit {
            work.outage = beginOutage(commit.failure, requests)
            work.outage?.undecided = commit.withoutQuestions
        } catch let failure as StoreFailure where failure.mayPass {
            work.outage = beginOutage(failure, requests)
        } catch {
            fail(requests, RecorderFailure(after: error))
        }
        return .worked
    }

    private func stepThroughOutage(_ work: inout RecorderWork, waits: Bool) -> RecorderWork.Step {
        do {
            return try outlast(&work, waits: waits)
        } catch {
            fail(work.outage?.waiting ?? [], RecorderFailure(after: error))
            work.outage = nil
            return .worked
        }
    }

    /// Records requests in one transaction, and answers them.
    ///
    /// - Returns: whether there are more dependents to resolve.
    /// - Throws: ``UndecidedCommit`` if it can be found out later whether the transaction is kept; what the store threw.
    func commit(_ requests: [RecorderRequest], resolvesDependents: Bool) throws -> Bool {
        var group = RecorderGroup()
        let begin = runtime.clock.now
        do {
            try store.transaction { transaction in
                // Made anew each time: what was done in a transaction that is not kept was not done.
                group = RecorderGroup()
                try group.apply(
                    requests, to: transaction, resolvesDependents: resolvesDependents, at: runtime.wallClock.now)
            }
        } catch let failure as StoreFailure where failure.isUndecided {
            throw UndecidedCommit(failure: failure, requests: requests, group: group)
        }
        metrics.committed(group.completions, in: begin.duration(to: runtime.clock.now))
        finish(requests, group)
        return group.hasMore
    }

    /// Answers requests that are recorded, and tells who has to know of it.
    func finish(_ requests: [RecorderRequest], _ group: RecorderGroup) {
        // First how far runs are: who is told of a change may ask for that.
        if let shared { take(shared.takeFindings()) }
        let effects = group.effects
        for (index, request) in requests.enumerated() {
            switch request {
            case .operation(let operation): operation.acknowledge()
            case .question(let answer): answer()
            case .completion(let completion, _, let observer):
                switch effects.isEmpty ? nil : effects[index] {
                case nil: observer?.recorded(completion, waited: nil)
                case .some(.none): refuse(completion, observer)
                case .some(.some(let effect)):
                    observers.tell(effect.changes)
                    observer?.recorded(completion, waited: effect.waited)
                }
            }
        }
        observers.tell(group.resolved)
        observers.tell(group.added)
        group.alarms.ping()
        if !observers.waiters.isEmpty { tellWaiters(of: requests, effects) }
    }

    func tellOfCommit() {
        for observer in commitObservers.withLock({ $0.all }) { observer.yield() }
    }

    /// Tells those who wait for jobs of the ends that were recorded.
    private func tellWaiters(of requests: [RecorderRequest], _ effects: [Int: CompletionEffect?]) {
        var ended: [Job.ID] = []
        for (index, request) in requests.enumerated() {
            guard case .completion(let completion, _, _) = request, completion.outcome.state.isFinal else { continue }
            if case .some(.none) = effects[index] { continue }
            ended.append(completion.job.id)
        }
        observers.waiters.finished(ended)
    }

    private func refuse(_ completion: Completion, _ observer: (any CompletionObserver)?) {
        observer?.refused(completion)
        logger.warning(
            "a result was not recorded: the job was finished, cancelled or taken over already",
            metadata: [
                "job": "\(completion.job.id)", "attempt": "\(completion.job.attempt)",
                "consumer": "\(completion.consumerID)",
            ]
        )
    }

    func fail(_ requests: [RecorderRequest], _ reason: RecorderFailure) {
        failure.withLock { $0 = $0 ?? reason }
        mailbox.close()
        var lost = 0
        var rest: [RecorderRequest]? = requests
        while let requests = rest {
            for request in requests {
                switch request {
                case .operation(let operation): operation.fail(reason)
                case .question(let answer): answer()
                case .completion: lost += 1
                }
            }
            rest = mailbox.receive(most: Self.batchLimit)
        }
        logger.critical(
            "the store failed; nothing more is recorded",
            metadata: ["error": "\(reason)", "results_not_recorded": "\(lost)"])
    }

    private func end() {
        for observer in commitObservers.withLock({ $0.close() }) { observer.finish() }
        ended.open()
    }
}
