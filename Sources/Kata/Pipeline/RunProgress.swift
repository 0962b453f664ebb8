import Synchronization

/// How far a run has come, for the status and for the drain's receipt.
final class RunProgress: Sendable {
    struct Counters {
        /// Jobs of the run that are in the store, finished ones included.
        var added: Int
        /// Whether these are all.
        var isSourceExhausted: Bool
        /// Jobs that are or were on the queue, in earlier sessions, too.
        var produced: Int
        var done: Int
        var failed: Int
        /// Jobs that were cut off in a handler.
        var cutOff = 0
        /// Jobs that the consumers left on the queue.
        var leftOnQueue = 0
        /// `done + failed` when the drain began; `nil` without a drain.
        var finishedBeforeDrain: Int?

        var finished: Int { done + failed }
        /// Whether nothing of the run is left to do.
        var areComplete: Bool { isSourceExhausted && finished == added }
    }

    enum Phase {
        case underWay(since: PreciseClock.Instant)
        /// Not worked on any more; with the time that was spent on it, and whether nothing of it is left.
        case stopped(elapsed: Duration, isFinished: Bool)
    }

    let run: Run
    private let counters: Mutex<Counters>
    private let phase: Mutex<Phase>

    /// - Parameter isUnderWay: whether the run is worked on from now on.
    init(run: Run, isUnderWay: Bool) {
        self.run = run
        let counts = run.counts
        let finished = counts.done + counts.failed
        counters = Mutex(
            Counters(
                added: counts.pending + finished,
                isSourceExhausted: run.progress == .exhausted,
                produced: finished,
                done: counts.done,
                failed: counts.failed
            )
        )
        phase = Mutex(
            isUnderWay
                ? .underWay(since: PreciseClock().now)
                : .stopped(elapsed: run.elapsed, isFinished: run.finishedAt != nil)
        )
    }

    var current: Counters { counters.withLock { $0 } }

    var counts: JobCounts {
        let current = current
        return JobCounts(pending: current.added - current.finished, done: current.done, failed: current.failed)
    }

    /// The time spent on the run, earlier sessions included.
    var elapsed: Duration {
        switch phase.withLock({ $0 }) {
        case .underWay(let start): run.elapsed + start.duration(to: PreciseClock().now)
        case .stopped(let elapsed, _): elapsed
        }
    }

    var isFinished: Bool {
        switch phase.withLock({ $0 }) {
        case .underWay: false
        case .stopped(_, let isFinished): isFinished
        }
    }

    /// What the drain has done so far; `nil` without a drain.
    func receipt(at time: Timestamp = .now()) -> DrainReceipt? {
        let current = current
        return current.finishedBeforeDrain.map { before in
            DrainReceipt(
                finished: current.finished - before, wentBack: current.leftOnQueue, cutOff: current.cutOff, at: time)
        }
    }

    func added(_ batch: SourceBatch) {
        counters.withLock { counters in
            counters.added += batch.items.count
            counters.isSourceExhausted = batch.progress == .exhausted
        }
    }

    func produced(_ job: Job) {
        counters.withLock { $0.produced += 1 }
    }

    func completed(_ completion: Completion) {
        counters.withLock { counters in
            switch completion.outcome {
            case .done: counters.done += 1
            case .failed: counters.failed += 1
            }
        }
    }

    func cutOff() {
        counters.withLock { $0.cutOff += 1 }
    }

    func leftOnQueue(_ count: Int) {
        counters.withLock { $0.leftOnQueue = count }
    }

    func beginDrain() {
        counters.withLock { $0.finishedBeforeDrain = $0.finishedBeforeDrain ?? $0.finished }
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
