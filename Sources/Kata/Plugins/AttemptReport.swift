import Synchronization

extension JobContext {
    /// What a handler reports of an attempt besides its outcome: how far it is, and what is to be kept of it.
    package final class Report: Sendable {
        private struct Waiting {
            var since: MonotonicInstant?
            /// The time of waits that are over.
            var total = Duration.zero
        }

        /// What the attempt leaves.
        package struct Yield {
            /// The text that is to be kept with the attempt; `nil` if there is none.
            package var kept: String?
            /// What the program ended with, if there was one and it failed.
            package var exitCode: Int32?
            /// What kind of failure it was, if it failed.
            package var failureKind: FailureKind?
            /// What the attempt has used; `nil` unless it had a process.
            package var cost: JobCost?
            /// What the job had left when it was begun, or has left since.
            package var checkpoint: String?
            /// What the attempt has printed; `nil` if it has printed nothing.
            var printed: AttemptOutput?
            /// Whether the attempt has ended: what a task prints that it has left behind is dropped.
            fileprivate var isOver = false
        }

        private let yield = Mutex(Yield())
        private let waiting = Mutex(Waiting())
        private let latestProgress = Mutex<JobProgress?>(nil)
        private let onProgress: (@Sendable (JobProgress) -> Void)?
        private let onPrint: (@Sendable (String, OutputPiece.Stream) -> Void)?
        private let onCheckpoint: (@Sendable (Job, String) -> Void)?

        /// - Parameters:
        ///   - onProgress: called with each report of progress, on the handler's task.
        ///   - onPrint: called with what is printed where no collector takes it.
        ///   - onCheckpoint: called with each checkpoint, on the handler's task.
        package init(
            onProgress: (@Sendable (JobProgress) -> Void)? = nil,
            onPrint: (@Sendable (String, OutputPiece.Stream) -> Void)? = nil,
            onCheckpoint: (@Sendable (Job, String) -> Void)? = nil
        ) {
            self.onProgress = onProgress
            self.onPrint = onPrint
            self.onCheckpoint = onCheckpoint
        }

        /// How far the job is, as its handler said last; `nil` if it has said nothing.
        var progress: JobProgress? { latestProgress.withLock { $0 } }

        func setProgress(_ progress: JobProgress?) {
            latestProgress.withLock { $0 = progress }
            if let progress { onProgress?(progress) }
        }

        func setOutput(_ text: String) {
            yield.withLock { $0.kept = text }
        }

        /// Takes in what is printed where no collector takes it.
        func print(_ block: UnsafeBufferPointer<UInt8>, on stream: OutputPiece.Stream) {
            onPrint?(String(decoding: block, as: UTF8.self), stream)
        }

        /// What the attempt prints, made with its first byte.
        ///
        /// - Returns: `nil` if the attempt has ended.
        func printed(_ make: () -> AttemptOutput) -> (output: AttemptOutput, isNew: Bool)? {
            yield.withLock { yield in
                if let output = yield.printed { return (output, false) }
                if yield.isOver { return nil }
                let output = make()
                yield.printed = output
                return (output, true)
            }
        }

        func setFailure(_ kind: FailureKind, exitCode: Int32? = nil) {
            yield.withLock { yield in
                yield.failureKind = kind
                yield.exitCode = exitCode
            }
        }

        func setCost(_ cost: JobCost) {
            yield.withLock { $0.cost = cost }
        }

        /// What the job has left, in this attempt or an earlier one.
        var checkpoint: String? { yield.withLock { $0.checkpoint } }

        /// Takes in what an earlier attempt has left.
        package func giveCheckpoint(_ text: String) {
            yield.withLock { $0.checkpoint = text }
        }

        /// - Returns: whether the attempt goes on: what a task leaves that it has left behind is dropped.
        func setCheckpoint(_ text: String, of job: Job) -> Bool {
            let isTaken = yield.withLock { yield in
                if yield.isOver { return false }
                yield.checkpoint = text
                return true
            }
            if isTaken { onCheckpoint?(job, text) }
            return isTaken
        }

        func beginWaiting(_ now: MonotonicInstant) {
            waiting.withLock { $0.since = now }
        }

        func endWaiting(_ now: MonotonicInstant) {
            waiting.withLock { waiting in
                if let since = waiting.since { waiting.total += since.duration(to: now) }
                waiting.since = nil
            }
        }

        /// How long the handler has waited in this attempt for what is not its own, and whether it does so now.
        func waited(until now: MonotonicInstant) -> (time: Duration, isWaiting: Bool) {
            waiting.withLock { waiting in
                (waiting.total + (waiting.since?.duration(to: now) ?? .zero), waiting.since != nil)
            }
        }

        /// Forgets what there was of the attempt before.
        func begin() {
            setProgress(nil)
            waiting.withLock { $0 = Waiting() }
            yield.withLock { $0 = Yield() }
        }

        /// Gives what the attempt leaves, and forgets what else there was of it.
        package func take() -> Yield {
            setProgress(nil)
            waiting.withLock { $0 = Waiting() }
            return yield.withLock { yield in
                defer {
                    yield = Yield()
                    yield.isOver = true
                }
                return yield
            }
        }

        /// Gives the text that is to be kept, as ``take()`` does.
        package func takeOutput() -> String? { take().kept }
    }
}
