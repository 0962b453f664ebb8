import Kata
import KataControl
import NIOHTTP1

extension ProblemDocument {
    /// What to say of an error that ended a request.
    init(_ error: any Error, request: HTTPRequest) {
        switch error {
        case let problem as ProblemDocument:
            self = problem
        case let error as ResultPages.NotFound:
            self.init(status: 404, title: "Not found", detail: "\(error)")
        case let error as StoreError:
            self.init(error, request: request)
        case let error as PipelineError:
            self.init(error)
        case let error as RecorderFailure:
            self.init(status: 503, title: "Store failed", detail: "\(error)")
        default:
            self.init(status: 500, title: "Internal error", detail: "\(error)")
        }
    }

    private init(_ error: StoreError, request: HTTPRequest) {
        switch error {
        case .unknownJob where request.method == .POST && request.path.hasSuffix("/jobs"):
            self.init(
                status: 422, title: "Bad job", detail: "\(error); \"after\" names jobs that were submitted before")
        case .unknownJob, .unknownRun: self.init(status: 404, title: "Not found", detail: "\(error)")
        case .runUnfinished:
            self.init(status: 409, title: ProblemDocument.runUnfinishedTitle, detail: "\(error)")
        case .wrongState: self.init(status: 409, title: "Wrong state", detail: "\(error)")
        case .uniqueTaken: self.init(status: 409, title: "Unique key taken", detail: "\(error)")
        case .keyReused: self.init(status: 422, title: "Key reused", detail: "\(error)")
        }
    }

    private init(_ error: PipelineError) {
        switch error {
        case .draining: self.init(status: 503, title: "Draining", detail: "\(error)")
        case .takesNoJobs: self.init(status: 409, title: "Takes no jobs", detail: "\(error)")
        }
    }
}
