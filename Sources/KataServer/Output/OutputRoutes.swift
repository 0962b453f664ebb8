import Kata
import KataAPI
import NIOHTTP1

/// The route that shows what a job prints.
struct OutputRoutes {
    let service: any ControlService
    var clock: any MonotonicClock = PreciseClock()
    /// How long a client that follows an output may take for a page.
    private static let patience = Duration.seconds(5)

    func add(to router: inout HTTPRouter) {
        router.get("/v1/jobs/:id/output", OutputQuery.parameters) { request in
            try await show(OutputQuery(request, now: .now()))
        }
    }

    private func show(_ query: OutputQuery) async throws -> HTTPResponse {
        let type =
            switch query.format {
            case .bytes: "text/plain; charset=utf-8"
            case .objects: "application/x-ndjson"
            }
        let pages = OutputPages(
            query, records: service.records, live: service.steering.outputs, clock: clock, patience: Self.patience)
        return try await awayFromEventLoop {
            guard let record = try await service.records.job(query.job) else { throw StoreError.unknownJob(query.job) }
            if let attempt = query.attempt, attempt > record.job.attempt, !query.follows || record.state.isFinal {
                throw ProblemDocument(
                    status: 404, title: "Not found",
                    detail: "job \(query.job) has no attempt \(attempt); its last one is \(record.job.attempt)")
            }
            // The head is sent at once, whenever the job prints something.
            if query.follows { return HTTPResponse(.pages(first: [], rest: pages), type: type) }
            return try await HTTPResponse(pages: pages, type: type)
        }
    }
}
