import Foundation
import Kata
import KataAPI
import NIOCore
import NIOHTTP1

/// The routes that change many jobs at once, and group those that have failed.
struct BulkRoutes {
    let service: any ControlService

    /// How many bytes of ids a request may have.
    private static let bodyLimit = 1 << 20
    /// How many failed jobs are grouped in one answer.
    private static let failureLimit = 20_000

    func add(to router: inout HTTPRouter) {
        let parameters = JobSearch.parameters + ["dry_run"]
        router.post("/v1/jobs/retry", parameters) { request in
            let search = try search(
                request, [.failed], allowed: [.failed, .cancelled, .scheduled, .waiting], "retried")
            return try await change(request, search) { try await service.steering.retry($0, in: search.states ?? []) }
        }
        router.post("/v1/jobs/cancel", parameters) { request in
            let unfinished = Set(JobState.allCases.filter { !$0.isFinal })
            let search = try search(request, unfinished, allowed: unfinished, "cancelled")
            return try await change(request, search) { try await service.steering.cancelAll($0) }
        }
        let ofFailures = JobSearch.parameters.filter { $0 != "state" } + ["before"]
        router.get("/v1/failures", ofFailures) { request in
            let before = try request.integer("before", in: 1...Int.max).map(Job.ID.init) ?? .max
            var search = try JobSearch(request, in: service)
            search.states = [.failed]
            return try await awayFromEventLoop { [search] in try HTTPResponse(await failures(search, before: before)) }
        }
    }

    /// What a request to change jobs is about.
    ///
    /// - Parameter states: those that are meant where the request says nothing.
    private func search(
        _ request: HTTPRequest, _ states: Set<JobState>, allowed: Set<JobState>, _ what: String
    ) throws -> JobSearch {
        var search = try JobSearch(request, in: service)
        if let text = request.parameter("state") {
            let state = try JobState(parameter: text)
            guard allowed.contains(state) else {
                throw ProblemDocument.badParameter("jobs that are \(state.rawValue) can't be \(what)")
            }
            search.states = [state]
        }
        if search == JobSearch(), try request.wholeBody(upTo: Self.bodyLimit).readableBytes == 0 {
            throw ProblemDocument.badParameter(
                "say which jobs: by their ids, as {\"ids\": [17, 18]}, or by a parameter such as pipeline, item or error"
            )
        }
        search.states = search.states ?? states
        return search
    }

    /// Changes the jobs of the body, or else those that are looked for; or only says which those are.
    private func change(
        _ request: HTTPRequest, _ search: JobSearch, _ body: ([Job.ID]) async throws -> Int
    ) async throws -> HTTPResponse {
        let isDry = try request.flag("dry_run")
        let ids = try request.wholeBody(upTo: Self.bodyLimit)
        return try await awayFromEventLoop {
            let jobs =
                ids.readableBytes > 0
                ? try JobIDsDocument(body: ids).ids : try await service.steering.find(search)
            if isDry { return try HTTPResponse(SelectionDocument(jobs)) }
            return try HTTPResponse(ChangeDocument(changed: try await body(jobs), matched: jobs.count))
        }
    }

    /// - Parameter time: how long failed jobs are looked for; `nil` means as long as it takes.
    func failures(
        _ search: JobSearch, before: Job.ID, within time: Duration? = nil
    ) async throws -> FailuresDocument {
        let clock = PreciseClock()
        let end = time.map { clock.now.advanced(by: $0) }
        var records: [JobRecord] = []
        var next: Job.ID? = before
        while records.count < Self.failureLimit, end.map({ clock.now < $0 }) ?? true, let before = next {
            let page = try await service.records.search(search, before: before, limit: end == nil ? 1_000 : 200)
            records += try await service.records.jobs(page.jobs, textLimit: FailureGroup.textLimit)
            next = page.next
            try Task.checkCancellation()
        }
        return FailuresDocument(FailureGroup.groups(of: records), next: next)
    }
}

extension JobIDsDocument {
    /// - Throws: ``ProblemDocument``.
    init(body: ByteBuffer) throws {
        do {
            self = try JSON.decode(JobIDsDocument.self, from: Data(body.readableBytesView))
        } catch {
            throw ProblemDocument.badParameter("the body must be a JSON object such as {\"ids\": [17, 18]}")
        }
    }
}
