public import Kata

/// Takes the jobs that are submitted to the pipeline, and has no items of its own.
public struct InboxSource: JobSource, Plugin {
    public static let pluginName = "inbox"

    public init(configuration: inout ConfigurationSection, context: PluginContext) {}

    public var extent: SourceExtent { .endless }
    public var takesJobs: Bool { true }

    /// Waits until nobody wants to know any more.
    public func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        try await Signal().wait()
        throw CancellationError()
    }
}
