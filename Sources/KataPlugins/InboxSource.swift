public import Kata

/// Takes the jobs that are submitted to the pipeline, and has no items of its own.
public struct InboxSource: JobSource, Plugin {
    /// In the configuration: `producer: { plugin: inbox }`.
    public static let pluginName = "inbox"

    /// There are no keys to read.
    public init(configuration: inout ConfigurationSection, context: PluginContext) {}

    /// Jobs may be submitted at any time, so a run has no last one.
    public var extent: SourceExtent { .endless }
    /// Jobs can be submitted; a pipeline with this source has no others.
    public var takesJobs: Bool { true }

    /// It has none of its own.
    public var emitsItems: Bool { false }

    /// Emits nothing: waits until the task is cancelled.
    ///
    /// - Throws: `CancellationError`.
    public func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        try await Latch().wait()
        throw CancellationError()
    }
}
