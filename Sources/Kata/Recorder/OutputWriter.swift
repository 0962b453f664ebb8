public import ServiceLifecycle

/// Saves what jobs print while they run, so that it outlives the daemon's end but for the last second. As long as nobody
/// prints it sleeps. What is printed last is saved with the attempt's end, without this service.
public struct OutputWriter: Service {
    /// How much time there is from one round to the next. With the commit it is no more than a second.
    static let interval = Duration.milliseconds(950)
    /// How soon after its first byte an output is saved that comes after a silence, so that more of it is saved at once.
    private static let delay = Duration.milliseconds(100)
    /// How many bytes are saved in a second, of all jobs together.
    static let rate = 8 << 20

    private let recorder: Recorder
    private let runtime: Runtime

    /// - Parameters:
    ///   - recorder: the one that records what the jobs come to.
    ///   - runtime: its clock tells when to save.
    public init(recorder: Recorder, runtime: Runtime = Runtime()) {
        self.recorder = recorder
        self.runtime = runtime
    }

    /// Saves until a graceful shutdown.
    ///
    /// - Throws: ``RecorderFailure`` if the store failed.
    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await write() }
        } catch is CancellationError {
            // The shutdown.
        }
    }

    private func write() async throws {
        while true {
            try await recorder.outputs.unsaved.hasChanges.wait()
            try await runtime.clock.sleep(for: Self.delay)
            let start = runtime.clock.now
            try await recorder.saveChangedOutputs(upTo: Int(Double(Self.rate) * (Self.interval / .seconds(1))))
            let left = Self.interval - Self.delay - start.duration(to: runtime.clock.now)
            if left > .zero { try await runtime.clock.sleep(for: left) }
            // What came meanwhile or had no room: only the first output in the queue sets the event.
            recorder.outputs.unsaved.wakeIfChanged()
        }
    }
}
