import Kata
import KataAPI
import NIOCore
import NIOHTTP1

/// The routes that change a job.
struct JobChangeRoutes {
    let service: any ControlService
    let answers: JobAnswers

    func add(to router: inout HTTPRouter) {
        router.patch("/v1/jobs/:id") { request in
            let id = try request.jobID
            _ = try await service.steering.edit(id, try await edit(of: id, in: request))
            return try await answers.show(id)
        }
        router.post("/v1/jobs/:id/cancel") { request in
            try await change(request.jobID, by: service.steering.cancel)
        }
        router.post("/v1/jobs/:id/retry", ["with_dependents"]) { request in
            let steering = service.steering
            let isForDependents = try request.flag("with_dependents")
            if try request.wholeBody().readableBytes > 0 {
                if isForDependents {
                    throw ProblemDocument.badParameter("with_dependents is not for a corrected copy, which has none")
                }
                let id = try request.jobID
                let copy = try await steering.retryCopy(of: id, try await edit(of: id, in: request, addsJob: true))
                return try await answers.show(copy, status: .created)
            }
            guard isForDependents else { return try await change(request.jobID, by: steering.retry) }
            return try await change(request.jobID) { [try await steering.retryWithDependents($0[0])] }
        }
    }

    /// What is asked for a job, by somebody who may have that done.
    ///
    /// - Parameter addsJob: whether another job comes of it, so that it is a submission, whatever is different.
    private func edit(of job: Job.ID, in request: HTTPRequest, addsJob: Bool = false) async throws -> JobEdit {
        let edit = try edit(in: request)
        if edit.item == nil && !addsJob { return edit }
        guard let record = try await service.records.jobs([job], textLimit: 0).first else {
            throw StoreError.unknownJob(job)
        }
        let pipeline = try service.pipeline(record.pipeline)
        try request.authorize(submittingTo: pipeline)
        return try pipeline.accept(edit)
    }

    /// What a body such as `{"item": "text"}` asks for.
    private func edit(in request: HTTPRequest) throws -> JobEdit {
        let now = service.wallClock.now()
        do {
            let edit = try request.wholeBody().withUnsafeReadableBytes { bytes in
                try JobEdit(json: bytes.bindMemory(to: UInt8.self), now: now)
            }
            if let time = edit.runAt, time.advanced(by: JobsBody.tolerance) < now {
                throw ProblemDocument(
                    status: 422, title: "Bad edit",
                    detail: "\"run_at\" is \(time.iso8601), expected a time to come, it is \(now.iso8601)")
            }
            return edit
        } catch let fault as JSONScanner.Fault {
            throw ProblemDocument(
                status: 422, title: "Bad edit",
                detail: "byte \(fault.offset + 1): \(fault.message); nothing was changed".printable)
        }
    }

    private func change(
        _ id: Job.ID, by change: ([Job.ID]) async throws -> [Result<[JobChange], StoreError>]
    ) async throws -> HTTPResponse {
        for result in try await change([id]) { _ = try result.get() }
        return try await answers.show(id)
    }
}
