import Synchronization

/// Which observer is told about the jobs of a pipeline: the one that has the pipeline's name now. A reload gives the
/// name to another observer.
final class JobObservers: Sendable {
    private struct Place {
        weak var observer: (any JobObserver)?
    }

    private let places = Mutex<[String: Place]>([:])
    /// Those who wait for single jobs, of whatever pipeline.
    let waiters = JobWaiters()

    subscript(pipeline: String) -> (any JobObserver)? {
        places.withLock { $0[pipeline]?.observer }
    }

    /// The jobs of all pipelines that are cancelled, and that a handler still has in hand.
    var cancelledInHand: Set<Job.ID> {
        let observers = places.withLock { $0.values.compactMap(\.observer) }
        return observers.reduce(into: []) { $0.formUnion($1.cancelledInHand) }
    }

    /// Gives the name to that observer, whichever had it before.
    func set(_ observer: any JobObserver, for pipeline: String) {
        places.withLock { $0[pipeline] = Place(observer: observer) }
    }

    /// Gives the name to that observer if no other one has it.
    func setIfFree(_ observer: any JobObserver, for pipeline: String) {
        places.withLock { places in
            if places[pipeline]?.observer == nil { places[pipeline] = Place(observer: observer) }
        }
    }

    /// Tells of changes, each to the observer of its pipeline.
    func tell(_ changes: [JobChange]) {
        for change in changes { self[change.pipeline]?.changed(change) }
        if waiters.isEmpty { return }
        waiters.finished(changes.lazy.filter(\.new.isFinal).map(\.job))
    }

    /// Tells of what the store has shown, each of the observers.
    func tell(_ findings: StoreFindings) {
        if findings.tallies.isEmpty && !findings.lostSession { return }
        let observers = places.withLock { $0.values.compactMap(\.observer) }
        for observer in observers {
            for tally in findings.tallies { observer.take(tally) }
            if findings.lostSession { observer.sessionWasLost() }
        }
    }

    /// Tells of jobs that were added, each to the observer of its pipeline.
    func tell(_ added: [AddedJobs]) {
        for added in added { self[added.pipeline]?.added(added.jobs, added.submitted, to: added.run) }
    }
}
