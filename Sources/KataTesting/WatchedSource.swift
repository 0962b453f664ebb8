import Kata

/// A source whose calls are counted while they are under way, but for one that may wait for ever for the next item.
struct WatchedSource: JobSource {
    let source: any JobSource
    let hands: Hands
    /// Open once its life was cut off: a process that was killed tells its source nothing.
    let isCutOff: Latch

    var extent: SourceExtent { source.extent }
    var takesJobs: Bool { source.takesJobs }
    var emitsItems: Bool { source.emitsItems }
    var isLocal: Bool { source.isLocal }
    var followsJobs: Bool { source.followsJobs }
    var inputFiles: [String] { source.inputFiles }
    var schedule: [ScheduledEntry] { source.schedule }
    var problem: String? { source.problem }
    var status: PluginStatus? { source.status }

    func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        if extent == .endless { return try await source.items(from: progress, run: run, limit: limit) }
        return try await hands.hold { try await source.items(from: progress, run: run, limit: limit) }
    }

    func settled(_ record: JobRecord) async {
        if !isCutOff.isOpen { await hands.hold { await source.settled(record) } }
    }

    func prepare(_ record: JobRecord) async throws {
        try await hands.hold { try await source.prepare(record) }
    }

    func stop() async {
        if !isCutOff.isOpen { await hands.hold { await source.stop() } }
    }
}
