import Kata
import KataAPI
import NIOHTTP1

extension ProblemDocument {
    /// What to say of an error that ended a request.
    init(_ error: any Error, request: HTTPRequest) {
        switch error {
        case let problem as ProblemDocument:
            self = problem
        case let error as ResultsNotFound:
            self.init(status: 404, title: "Not found", detail: "\(error)")
        case let error as StoreError:
            self.init(error, request: request)
        case let fault as JobFault:
            self.init(fault, request: request)
        case let error as PipelineError:
            self.init(error)
        case let error as RecorderFailure:
            self.init(status: 503, title: "Store failed", detail: "\(error)")
        default:
            self.init(status: 500, title: "Internal error", detail: "\(error)")
        }
    }

    private init(_ fault: JobFault, request: HTTPRequest) {
        let (title, outcome) =
            request.submitsJobs
            ? ("Bad job", "no job of this request was taken") : ("Bad edit", "nothing was changed")
        self.init(status: 422, title: title, detail: "\(fault); \(outcome)".printable)
    }

    private init(_ error: StoreError, request: HTTPRequest) {
        let detail = "\(error)"
        switch error.code {
        case .unknownJob where request.submitsJobs:
            self.init(
                status: 422, title: "Bad job", detail: "\(detail); \"after\" names jobs that were submitted before")
        case .unknownJob, .unknownRun: self.init(status: 404, title: "Not found", detail: detail)
        case .runUnfinished: self.init(status: 409, title: ProblemDocument.runUnfinishedTitle, detail: detail)
        case .wrongState: self.init(status: 409, title: "Wrong state", detail: detail)
        case .uniqueTaken: self.init(status: 409, title: "Unique key taken", detail: detail)
        case .begun: self.init(status: 409, title: "Has begun", detail: detail)
        case .keyReused: self.init(status: 422, title: "Key reused", detail: detail)
        // Every code that there is has its case.
        default: self.init(status: 409, title: "Refused", detail: detail)
        }
    }

    private init(_ error: PipelineError) {
        switch error.code {
        case .draining: self.init(status: 503, title: "Draining", detail: "\(error)")
        case .takesNoJobs: self.init(status: 409, title: "Takes no jobs", detail: "\(error)")
        case .unknownEntry: self.init(status: 404, title: "Not found", detail: "\(error)")
        case .entryIsBusy: self.init(status: 409, title: "Not finished", detail: "\(error)")
        case .noRun: self.init(status: 409, title: "No run", detail: "\(error)")
        // Every code that there is has its case.
        default: self.init(status: 409, title: "Refused", detail: "\(error)")
        }
    }
}

extension HTTPRequest {
    /// Whether it submits jobs, and does not change any.
    fileprivate var submitsJobs: Bool { method == .POST && path.hasSuffix("/jobs") }
}
