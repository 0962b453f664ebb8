import Hummingbird
import Kata
import KataControl
import Logging

/// Answers every error with a problem document.
struct ProblemMiddleware: RouterMiddleware {
    let logger: Logger

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let problem = problem(for: error, request: request)
            if problem.status >= 500 {
                logger.error("request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            }
            return try response(problem, status: .init(code: problem.status), type: "application/problem+json")
        }
    }

    private func problem(for error: any Error, request: Request) -> ProblemDocument {
        switch error {
        case let problem as ProblemDocument:
            problem
        case let error as ResultPages.NotFound:
            ProblemDocument(status: 404, title: "Not found", detail: "\(error)")
        case let error as StoreError:
            problem(for: error, request: request)
        case let error as PipelineError:
            problem(for: error)
        case let error as RecorderFailure:
            ProblemDocument(status: 503, title: "Store failed", detail: "\(error)")
        case let error as any HTTPResponseError where error.status == .notFound:
            ProblemDocument(
                status: 404, title: "Not found",
                detail: "there is no \(request.method) \(request.uri.path); see docs/api.md"
            )
        case let error as any HTTPResponseError:
            ProblemDocument(status: error.status.code, title: error.status.reasonPhrase, detail: "\(error)")
        default:
            ProblemDocument(status: 500, title: "Internal error", detail: "\(error)")
        }
    }

    private func problem(for error: StoreError, request: Request) -> ProblemDocument {
        switch error {
        case .unknownJob where request.method == .post && request.uri.path.hasSuffix("/jobs"):
            ProblemDocument(
                status: 422, title: "Bad job", detail: "\(error); \"after\" names jobs that were submitted before")
        case .unknownJob, .unknownRun: ProblemDocument(status: 404, title: "Not found", detail: "\(error)")
        case .runUnfinished:
            ProblemDocument(status: 409, title: ProblemDocument.runUnfinishedTitle, detail: "\(error)")
        case .wrongState: ProblemDocument(status: 409, title: "Wrong state", detail: "\(error)")
        case .uniqueTaken: ProblemDocument(status: 409, title: "Unique key taken", detail: "\(error)")
        case .keyReused: ProblemDocument(status: 422, title: "Key reused", detail: "\(error)")
        }
    }

    private func problem(for error: PipelineError) -> ProblemDocument {
        switch error {
        case .draining: ProblemDocument(status: 503, title: "Draining", detail: "\(error)")
        case .takesNoJobs: ProblemDocument(status: 409, title: "Takes no jobs", detail: "\(error)")
        }
    }
}
