/// What a pipeline knows of time and chance, and where its tasks run. A pipeline takes none of these from anywhere else, so a
/// test or a simulation that gives it clocks and random numbers of its own decides everything that happens. Only the writing of an
/// export has a thread besides.
public struct Runtime: Sendable {
    /// For sleeps, timeouts, rates and durations.
    public var clock: any MonotonicClock
    /// For what is recorded, and for jobs that are due at a time.
    public var wallClock: any WallClock
    /// For the jitter of retries. Each use takes a copy, so a generator that is to go on with its sequence has to be a
    /// class.
    public var random: any RandomNumberGenerator & Sendable
    /// Where the pipeline's unstructured tasks run: its consumers, the timers of their jobs, and those that tell the source of ends.
    /// `nil` means on Swift's threads. All other tasks are children of ``Pipeline/run(_:)``, and run where that does.
    public var executor: (any TaskExecutor)?

    /// The system's clocks and random numbers, and Swift's threads, unless others are given.
    public init(
        clock: any MonotonicClock = PreciseClock(), wallClock: any WallClock = SystemWallClock(),
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
        executor: (any TaskExecutor)? = nil
    ) {
        self.clock = clock
        self.wallClock = wallClock
        self.random = random
        self.executor = executor
    }
}
