import KataTestSupport
import KataTesting
import Logging
import Testing

@testable import Kata

/// Makes pipelines over one store, as a daemon does that is started again and again.
struct PipelineFixture: Sendable {
    var name = "p"
    var store: any JobStore = MemoryJobStore()
    var itemCount = 10
    var workerCount = 2
    var queueSize = 50
    var interval = Duration.zero
    var export: String?
    var source: any JobSource = NumberSource()
    var handler: any JobHandler = TestHandler()
    var failures = FailurePolicy()
    var limits = WorkLimits()
    var retention = Retention()
    var uniqueFor = Duration.zero
    var alarms: AlarmRules?
    var onDuplicate = DuplicatePolicy.keep
    var clock: any MonotonicClock = PreciseClock()
    var wallClock: any WallClock = SystemWallClock()
    var logger = Self.logger

    var runtime: Runtime { Runtime(clock: clock, wallClock: wallClock) }

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Gives `body` a pipeline with a recorder of its own, and stops that afterwards.
    @discardableResult
    func withPipeline<Result: Sendable>(_ body: @Sendable (Pipeline) async throws -> Result) async throws -> Result {
        let recorder = Recorder(store: store, runtime: runtime, logger: Self.logger)
        do {
            let result = try await body(makePipeline(recorder))
            await recorder.stop()
            return result
        } catch {
            await recorder.stop()
            throw error
        }
    }

    /// Gives `body` a pipeline that runs, and waits until it returns by itself.
    @discardableResult
    func whileRunning<Result: Sendable>(
        _ mode: Pipeline.Mode, _ body: @escaping @Sendable (Pipeline) async throws -> Result
    ) async throws -> Result {
        try await withPipeline { pipeline in
            async let run: Void = pipeline.run(mode)
            let result = try await body(pipeline)
            try await run
            return result
        }
    }

    /// Runs a pipeline until it returns by itself.
    ///
    /// - Returns: its status afterwards.
    @discardableResult
    func run(_ mode: Pipeline.Mode = .once) async throws -> PipelineStatus {
        try await withPipeline { pipeline in
            try await pipeline.run(mode)
            return pipeline.status()
        }
    }

    /// Cancels jobs and tries them again.
    func steering(_ pipeline: Pipeline) -> JobSteering {
        JobSteering(recorder: pipeline.recorder, store: store, runtime: runtime)
    }

    /// Waits until a job has come to that state.
    func wait(for job: Job.ID, toBe state: JobState) async throws {
        let came = try await eventually { try await store.job(job)?.state == state }
        try #require(came, "job \(job) never was \(state)")
    }

    /// The recorded items in order of consumption.
    func results() async throws -> [JobResult] {
        try await store.results(ResultSelection(), after: 0, limit: .max)
    }

    func items() async throws -> [String] {
        try await results().map(\.item)
    }

    /// The items of a whole run in the order of their numbers.
    var allItems: [String] { (0..<itemCount).map(String.init) }

    var configuration: PipelineConfiguration {
        PipelineConfiguration(
            name: name,
            queueSize: queueSize,
            itemCount: source.extent == .counted ? itemCount : nil,
            workerCount: workerCount,
            interval: interval,
            export: export,
            source: source,
            handler: handler,
            failures: failures,
            limits: limits,
            retention: retention,
            uniqueFor: uniqueFor,
            onDuplicate: onDuplicate,
            alarms: alarms
        )
    }

    private func makePipeline(_ recorder: Recorder) async throws -> Pipeline {
        try await Pipeline(
            configuration: configuration, store: store, recorder: recorder, runtime: runtime, logger: logger
        )
    }
}

extension Array where Element == String {
    /// `"10"` after `"9"`.
    var byNumber: [String] { sorted { (Int($0) ?? 0) < (Int($1) ?? 0) } }
}
