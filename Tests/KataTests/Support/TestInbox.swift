import Kata

/// Has no items, and takes jobs.
struct TestInbox: JobSource, Plugin {
    static let pluginName = "test-inbox"

    init() {}
    init(configuration: inout ConfigurationSection, context: PluginContext) {}

    var extent: SourceExtent { .endless }
    var takesJobs: Bool { true }

    func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        try await Latch().wait()
        throw CancellationError()
    }
}
