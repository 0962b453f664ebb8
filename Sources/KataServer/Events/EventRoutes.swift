import Kata
import KataAPI
import NIOHTTP1

/// The route that tells of what happens, as it happens.
struct EventRoutes: Sendable {
    let service: any ControlService
    /// Counts those who listen.
    let streams: ConnectionLimit
    private let daemon = UInt64(clamping: Timestamp.now().milliseconds)
    private let statuses = RecentAnswers<[UInt8]>()

    init(service: any ControlService, streams: ConnectionLimit) {
        self.service = service
        self.streams = streams
    }

    func add(to router: inout HTTPRouter) {
        router.get("/v1/events", EventQuery.parameters) { request in
            let query = try EventQuery(request)
            // A name or an id that nothing has is a mistake, and would be waited for in vain.
            if let name = query.pipeline { _ = try service.pipeline(name) }
            if let job = query.job, try await service.records.jobs([job], textLimit: 0).isEmpty {
                throw StoreError.unknownJob(job)
            }
            guard let place = StreamPlace(in: streams) else { throw HTTPRefusal.tooManyStreams }
            let pages = EventPages(query, in: place, service.steering.events, daemon: daemon) {
                try await statuses.answer(to: "") { Array(try JSON.encode(service.status())) }
            }
            return HTTPResponse(
                .pages(first: [], rest: pages), type: ServerSentEvent.mediaType, headers: ["Cache-Control": "no-store"])
        }
    }
}
