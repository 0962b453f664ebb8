import Kata
import KataAPI

/// The route that gives results.
struct ExportRoutes {
    let service: any ControlService

    func add(to router: inout HTTPRouter) {
        router.get("/v1/export", ["pipeline", "run", "format"]) { request in
            let selection = try selection(of: request)
            let format = try exportFormat(of: request)
            return try await awayFromEventLoop {
                let pages = try await ResultPages(selection, in: service.records, format: format)
                return try await HTTPResponse(pages: pages.makeAsyncIterator(), type: format.mediaType)
            }
        }
    }

    private func selection(of request: HTTPRequest) throws -> ResultSelection {
        guard let runs = ResultSelection.Runs(request.parameter("run") ?? "all") else {
            throw ProblemDocument.badParameter("run must be a number, 'latest' or 'all'")
        }
        return ResultSelection(pipeline: request.parameter("pipeline"), runs: runs)
    }

    private func exportFormat(of request: HTTPRequest) throws -> ExportFormat {
        let text = request.parameter("format") ?? ExportFormat.text.rawValue
        guard let format = ExportFormat(rawValue: text) else {
            let formats = ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw ProblemDocument.badParameter("format must be one of \(formats)")
        }
        return format
    }
}

extension ExportFormat {
    fileprivate var mediaType: String {
        switch self {
        case .text: "text/plain; charset=utf-8"
        case .ndjson: "application/x-ndjson"
        case .csv: "text/csv; charset=utf-8"
        }
    }
}
