/// What a recorder has begun and not finished. Belongs to the thread that works for it.
package struct RecorderWork {
    /// What became of a step.
    package enum Step {
        /// Something was done, and there may be more to do.
        case worked
        /// There was nothing to do.
        case idle
        /// The recorder was stopped, and everything is recorded, or it failed. There is nothing more to do.
        case over
    }

    /// Whether some that waited for a job have still to learn of its end. That goes on between the requests.
    var hasMore = false
    /// `nil` while the store takes writes.
    var outage: RecorderOutage?

    /// Nothing is begun.
    package init() {}
}

/// That a store takes no writes, with what waits for it.
struct RecorderOutage {
    let began: MonotonicInstant
    /// When nobody waits for the store any more.
    let deadline: MonotonicInstant
    /// When it is tried again.
    var nextTry: MonotonicInstant
    /// What the latest try failed with.
    var failure: StoreFailure
    /// What could not be committed, and what came since.
    var waiting: [RecorderRequest]
    /// The transaction of the first of these of which it is not known whether it is kept; `nil` if there is none.
    var undecided: UndecidedCommit?
}
