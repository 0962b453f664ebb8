import Kata
import Logging
import Synchronization

/// A pipeline with its recorder, from a start to an end, whose tasks go on only when they are told to.
final class TestLife: Sendable {
    let pipeline: Pipeline
    private let steering: JobSteering
    private let recorder: Recorder
    private let executor: StepExecutor
    private let arrivals: Arrivals
    private let time: PipelineTime
    private let hands: Hands
    private let isCutOff: Latch
    /// Whoever has it works: steps of tasks come one after the other.
    private let recorderWork = Mutex(RecorderWork())
    /// Ends when the pipeline has been drained, or has failed.
    private let run: Task<Void, any Error>
    private let writing: Task<Void, any Error>
    private let hasRun = Latch()
    /// No test has nearly as many steps that follow each other, other than one whose tasks never rest.
    private static let stepLimit = 10_000_000

    init(
        _ configuration: PipelineConfiguration, over store: MemoryJobStore, _ time: PipelineTime, _ logger: Logger
    ) async throws {
        let arrivals = Arrivals()
        let hands = Hands(time, arrivals)
        let isCutOff = Latch()
        var configuration = configuration
        configuration.source = WatchedSource(source: configuration.source, hands: hands, isCutOff: isCutOff)
        configuration.handler = WatchedHandler(handler: configuration.handler, hands: hands, isCutOff: isCutOff)
        let executor = StepExecutor(stepLimit: Self.stepLimit) { arrivals.tell() }
        let runtime = Runtime(
            clock: time.clock, wallClock: time.wallClock, random: LongestPause(), executor: executor)
        let recorder = Recorder(withoutThread: store, runtime: runtime, logger: logger)
        let pipeline = try await Pipeline(
            configuration: configuration, store: store, recorder: recorder, runtime: runtime, logger: logger)
        self.time = time
        self.hands = hands
        self.arrivals = arrivals
        self.executor = executor
        self.recorder = recorder
        self.pipeline = pipeline
        self.isCutOff = isCutOff
        steering = JobSteering(recorder: recorder, store: store, runtime: runtime)
        run = Task(executorPreference: executor) { [hasRun] in
            defer { hasRun.open() }
            try await pipeline.run(.untilDrained)
        }
        writing = Task(executorPreference: executor) {
            try await OutputWriter(recorder: recorder, runtime: runtime).run()
        }
    }

    deinit { cutOff() }

    /// Whether the pipeline has ended.
    var hasEnded: Bool { hasRun.isOpen }

    /// Whether a handler or a source sleeps on a clock that nobody sets.
    var hasStrangeClock: Bool { hands.haveStrangeClock }

    /// Ends what is under way, as the end of a process does. What does not end at once goes on by itself, and nothing of it counts.
    func cutOff() {
        if isCutOff.isOpen { return }
        isCutOff.open()
        pipeline.giveUp()
        run.cancel()
        writing.cancel()
        while work() {}
        Task(executorPreference: executor) { [recorder] in await recorder.stop() }
        while work() {}
        executor.release()
    }

    /// Does everything that can be done without any time passing.
    ///
    /// - Throws: what the pipeline failed with; `CancellationError` if the test is cancelled.
    func settle() async throws {
        while true {
            let arrival = arrivals.next
            if work() { continue }
            if !hands.areBusy { break }
            // The handler waits for something outside, such as an answer of a server, and goes on then.
            try await arrival.wait()
        }
        if hasEnded { try await run.value }
    }

    /// Asks for something, and does as much of the pipeline's work as it takes to have the answer. Mostly that is none.
    ///
    /// - Throws: what `body` throws; ``TestPipelineError`` if it waits for time to pass.
    func ask<Answer: Sendable>(
        _ body: @escaping @Sendable (Pipeline, JobSteering) async throws -> Answer
    ) async throws -> Answer {
        let front = StepExecutor(stepLimit: Self.stepLimit) { [arrivals] in arrivals.tell() }
        let hand = Hand(time, arrivals)
        let isAnswered = Latch()
        let task = Task(executorPreference: front) { [pipeline, steering] in
            defer { isAnswered.open() }
            return try await Hand.$current.withValue(hand) { try await body(pipeline, steering) }
        }
        // Whatever is left of it then goes on by itself.
        defer { front.release() }
        while !isAnswered.isOpen {
            let arrival = arrivals.next
            front.runUntilIdle()
            if record() || !front.isIdle || isAnswered.isOpen { continue }
            if work() { continue }
            if hand.isAsleep {
                task.cancel()
                throw TestPipelineError("what was asked for waits until time passes, and asking lets none pass")
            }
            try await arrival.wait()
        }
        return try await task.value
    }

    /// Lets the tasks go on as far as they can, and records what they have recorded.
    ///
    /// - Returns: whether there may be more to do.
    private func work() -> Bool {
        recorderWork.withLock { work in
            let hasWork = !executor.isIdle
            executor.runUntilIdle()
            return step(&work) || hasWork
        }
    }

    private func record() -> Bool {
        recorderWork.withLock { step(&$0) }
    }

    private func step(_ work: inout RecorderWork) -> Bool {
        switch recorder.step(&work, waits: false) {
        case .worked: true
        case .idle, .over: false
        }
    }
}
