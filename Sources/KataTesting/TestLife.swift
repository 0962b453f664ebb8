import Kata
import Logging
import Synchronization

/// A pipeline with its recorder, from a start to an end, whose tasks go on only when they are told to.
final class TestLife: Sendable {
    let pipeline: Pipeline
    let steering: JobSteering
    private let recorder: Recorder
    private let executor: StepExecutor
    private let arrival: AutoResetEvent
    private let hands: Hands
    private let recorderWork = Mutex(RecorderWork())
    /// Ends when the pipeline has been drained, or has failed.
    private let run: Task<Void, any Error>
    private let writing: Task<Void, any Error>
    private let hasRun = Latch()

    init(
        _ configuration: PipelineConfiguration, hands: Hands, over store: MemoryJobStore, _ clock: ManualClock,
        _ wallClock: ManualWallClock, _ logger: Logger
    ) async throws {
        let arrival = AutoResetEvent()
        let executor = StepExecutor(arrival: arrival)
        let runtime = Runtime(clock: clock, wallClock: wallClock, random: LongestPause(), executor: executor)
        let recorder = Recorder(withoutThread: store, runtime: runtime, logger: logger)
        let pipeline = try await Pipeline(
            configuration: configuration, store: store, recorder: recorder, runtime: runtime, logger: logger)
        self.hands = hands
        self.arrival = arrival
        self.executor = executor
        self.recorder = recorder
        self.pipeline = pipeline
        steering = JobSteering(recorder: recorder, store: store, runtime: runtime)
        run = Task(executorPreference: executor) { [hasRun] in
            defer { hasRun.open() }
            try await pipeline.run(.untilDrained)
        }
        writing = Task(executorPreference: executor) {
            try await OutputWriter(recorder: recorder, runtime: runtime).run()
        }
    }

    /// Nobody drives the tasks any more, so they are ended.
    deinit {
        pipeline.giveUp()
        run.cancel()
        writing.cancel()
        Task(executorPreference: executor) { [recorder] in await recorder.stop() }
        while work() {}
    }

    /// Whether the pipeline has ended.
    var hasEnded: Bool { hasRun.isOpen }

    /// Does everything that can be done without any time passing.
    ///
    /// - Throws: what the pipeline failed with.
    func settle() async throws {
        while true {
            if work() { continue }
            if !hands.areBusy { break }
            // The handler waits for something outside, such as an answer of a server, and goes on then.
            try await arrival.wait()
        }
        if hasEnded { try await run.value }
    }

    /// Asks for something, and does as much of the pipeline's work as it takes to have the answer. Mostly that is none.
    func ask<Answer: Sendable>(
        _ body: @escaping @Sendable (Pipeline, JobSteering) async throws -> Answer
    ) async throws -> Answer {
        let front = StepExecutor(arrival: arrival)
        let isAnswered = Latch()
        let task = Task(executorPreference: front) { [pipeline, steering] in
            defer { isAnswered.open() }
            return try await body(pipeline, steering)
        }
        while !isAnswered.isOpen {
            front.runUntilIdle()
            if record() || !front.isIdle || isAnswered.isOpen { continue }
            if work() { continue }
            try await arrival.wait()
        }
        return try await task.value
    }

    /// Lets the tasks go on as far as they can, and records what they have recorded.
    ///
    /// - Returns: whether there may be more to do.
    private func work() -> Bool {
        let hasWork = !executor.isIdle
        executor.runUntilIdle()
        return record() || hasWork
    }

    private func record() -> Bool {
        recorderWork.withLock { work in
            switch recorder.step(&work, waits: false) {
            case .worked: true
            case .idle, .over: false
            }
        }
    }
}
