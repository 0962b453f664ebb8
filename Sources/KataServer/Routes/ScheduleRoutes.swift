import Kata
import KataAPI
import NIOHTTP1

/// The routes that show and steer what pipelines do at certain times.
struct ScheduleRoutes {
    let service: any ControlService

    func add(to router: inout HTTPRouter) {
        router.get("/v1/schedules", ["pipeline"]) { request in
            let pipelines =
                try request.parameter("pipeline").map { [try service.pipeline($0)] } ?? service.pipelines
            // Times that are years away take a while to find.
            return try await awayFromEventLoop {
                try HTTPResponse(try await SchedulesDocument(of: pipelines, at: service.wallClock.now()))
            }
        }
        router.post("/v1/schedules/:name/:entry/run") { request in
            let pipeline = try service.pipeline(request.pipelineName)
            let job = try await pipeline.runEntry(request.entryName)
            return try HTTPResponse(
                EntryDocument(pipeline: pipeline.name, entry: request.entryName, job: job), status: .created)
        }
        for (word, isPaused) in [("pause", true), ("resume", false)] {
            router.post("/v1/schedules/:name/:entry/\(word)") { request in
                let pipeline = try service.pipeline(request.pipelineName)
                try await pipeline.setPaused(isPaused, entry: request.entryName)
                return try HTTPResponse(
                    EntryDocument(pipeline: pipeline.name, entry: request.entryName, paused: isPaused))
            }
        }
    }
}

extension SchedulesDocument {
    /// How many of an entry's next times are told.
    private static let timeCount = 5

    /// The entries of these pipelines' schedules.
    ///
    /// - Throws: what the store threw.
    init(of pipelines: [Pipeline], at now: Timestamp) async throws {
        var entries: [Entry] = []
        for pipeline in pipelines {
            for (entry, state) in try await pipeline.schedule() {
                entries.append(
                    Entry(
                        entry, state, pipeline: pipeline.name, next: entry.times(after: now, limit: Self.timeCount)))
            }
        }
        self.init(entries: entries)
    }
}

extension HTTPRequest {
    /// The name of the entry in the path.
    var entryName: String { pathParameters["entry"]?.percentDecoded ?? "" }
}
