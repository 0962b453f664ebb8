import Synchronization

/// How far a run has come, for the status and for the drain's receipt.
final class RunProgress: Sendable {
    struct Counters {
        /// The run's jobs by state, as the store has them, or will have them with the next commits; where other nodes change them,
        /// too, as the store had them last.
        var counts: JobCounts
        /// Which of the tallies that the store gives these are of; `nil` where nobody else changes them.
        var version: Int64?
        /// Whether the source has no more items.
        var isSourceExhausted: Bool
        /// How many jobs were put on the queue in this session, plus those that were done or failed before.
        var produced: Int
        /// Jobs that are on the queue or in a consumer's hands.
        var inFlight = 0
        /// Jobs that a drain cut off in a handler.
        var cutOff = 0
        /// Jobs that were put on the queue and not begun.
        var wentBack = 0
        /// How many jobs a handler was done with in this session, and how long they were in its hands in all.
        var handled: (count: Int, milliseconds: Int64) = (0, 0)
        /// How many jobs were done or have failed in this session.
        var settled = 0
        /// ``settled`` when the drain began; `nil` without a drain.
        var settledBeforeDrain: Int?

        /// When there was work, for a run of which nobody knows how many items it will have.
        var work = WorkTime()

        /// Whether nothing of the run is left to do.
        var areComplete: Bool { isSourceExhausted && counts.unfinished == 0 }

        /// Counts jobs over, unless the store says what that comes to.
        mutating func move(_ count: Int = 1, from old: JobState, to new: JobState) {
            if version == nil { counts.move(count, from: old, to: new) }
        }
    }

    enum Phase {
        case underWay(since: MonotonicInstant)
        /// Not worked on any more; with the time that was spent on the run, and whether nothing of it is left.
        case stopped(elapsed: Duration, isFinished: Bool)
    }

    let run: Run
    private let counters: Mutex<Counters>
    private let phase: Mutex<Phase>
    private let runtime: Runtime

    /// - Parameters:
    ///   - isUnderWay: whether the run is worked on from now on.
    ///   - isShared: whether other nodes work on it, too, so that only the store knows how far it is.
    init(run: Run, isUnderWay: Bool, isShared: Bool = false, runtime: Runtime) {
        self.run = run
        self.runtime = runtime
        counters = Mutex(
            Counters(
                counts: run.counts,
                version: isShared ? 0 : nil,
                isSourceExhausted: run.progress == .exhausted,
                produced: run.counts.done + run.counts.failed
            )
        )
        phase = Mutex(
            isUnderWay
                ? .underWay(since: runtime.clock.now)
                : .stopped(elapsed: run.elapsed, isFinished: run.finishedAt != nil)
        )
        update { _ in }
    }

    var current: Counters { counters.withLock { $0 } }

    var counts: JobCounts { counters.withLock { $0.counts } }

    /// The time spent on the run, earlier sessions included. A run of which nobody knows how many items it will have is
    /// always under way; its time is that in which at least one of its jobs was ready or in hand.
    var elapsed: Duration {
        switch phase.withLock({ $0 }) {
        case .underWay where run.items == nil:
            run.elapsed + counters.withLock { $0.work.total(at: runtime.clock.now) }
        case .underWay(let start): run.elapsed + start.duration(to: runtime.clock.now)
        case .stopped(let elapsed, _): elapsed
        }
    }

    var isFinished: Bool {
        switch phase.withLock({ $0 }) {
        case .underWay: false
        case .stopped(_, let isFinished): isFinished
        }
    }

    /// How many jobs were put on the queue in this session.
    var putOnQueue: Int { counters.withLock { $0.produced } - run.counts.done - run.counts.failed }

    /// Whether a job was put on the queue in this session.
    func hasProduced(_ counters: Counters) -> Bool { counters.produced > run.counts.done + run.counts.failed }

    /// What the drain has done so far; `nil` without a drain.
    func receipt() -> DrainReceipt? {
        let current = current
        return current.settledBeforeDrain.map { before in
            DrainReceipt(
                finished: current.settled - before, wentBack: current.wentBack,
                cutOff: current.cutOff, at: runtime.wallClock.now())
        }
    }

    /// Changes the counters, and notes whether there is work then.
    private func update<Result>(_ body: (inout Counters) -> Result) -> Result {
        counters.withLock { counters in
            let result = body(&counters)
            if run.items == nil { counters.work.note(counters.counts.pending > 0, runtime.clock) }
            return result
        }
    }

    func read(_ count: Int, _ progress: SourceProgress) {
        update { counters in
            if counters.version == nil { counters.counts.pending += count }
            counters.isSourceExhausted = progress == .exhausted
        }
    }

    func added(_ counts: JobCounts) {
        update { counters in
            if counters.version == nil { counters.counts = counters.counts + counts }
        }
    }

    /// - Returns: whether nothing of the run is left to do.
    func changed(_ change: JobChange) -> Bool {
        update { counters in
            counters.move(from: change.old, to: change.new)
            return counters.areComplete
        }
    }

    func promoted(_ count: Int) {
        update { $0.move(count, from: .scheduled, to: .pending) }
    }

    /// Takes in how far the run is, unless something later is known.
    func count(_ tally: RunTally) {
        update { counters in
            guard let version = counters.version, version <= tally.version else { return }
            counters.version = tally.version
            counters.counts = tally.counts
            counters.isSourceExhausted = tally.isSourceExhausted
        }
    }

    /// - Returns: whether no other job is in flight.
    func produced(_ job: Job) -> Bool {
        update { counters in
            counters.produced += 1
            counters.inFlight += 1
            return counters.inFlight == 1
        }
    }

    /// - Returns: whether nothing of the run is left to do.
    func completed(_ completion: Completion) -> Bool {
        update { counters in
            counters.inFlight -= 1
            if completion.outcome == .cutOff { counters.cutOff += 1 }
            if completion.outcome.isFinished {
                counters.handled.count += 1
                counters.handled.milliseconds += completion.finishedAt.milliseconds - completion.startedAt.milliseconds
            }
            if [.done, .failed].contains(completion.outcome.state) { counters.settled += 1 }
            counters.move(from: .pending, to: completion.outcome.state)
            return counters.areComplete
        }
    }

    /// Takes back an outcome: the job was cancelled before the outcome was recorded.
    ///
    /// - Returns: whether nothing of the run is left to do.
    func refused(_ completion: Completion) -> Bool {
        update { counters in
            if [.done, .failed].contains(completion.outcome.state) { counters.settled -= 1 }
            counters.move(from: completion.outcome.state, to: .pending)
            return counters.areComplete
        }
    }

    /// Notes that a job that was put on the queue needs no outcome, because it was cancelled.
    ///
    /// - Returns: whether nothing of the run is left to do.
    func skipped() -> Bool {
        counters.withLock { counters in
            counters.inFlight -= 1
            return counters.areComplete
        }
    }

    /// Notes that jobs that were put on the queue were not begun, and are pending as before.
    func wentBack(_ count: Int) {
        counters.withLock { counters in
            counters.inFlight -= count
            counters.wentBack += count
        }
    }

    func beginDrain() {
        counters.withLock { counters in
            counters.settledBeforeDrain = counters.settledBeforeDrain ?? counters.settled
        }
    }

    /// Stops the time.
    ///
    /// - Returns: the time spent on the run, earlier sessions included.
    func stop() -> Duration {
        let elapsed = elapsed
        phase.withLock { $0 = .stopped(elapsed: elapsed, isFinished: false) }
        return elapsed
    }

    func finish() {
        let elapsed = elapsed
        phase.withLock { $0 = .stopped(elapsed: elapsed, isFinished: true) }
    }
}
