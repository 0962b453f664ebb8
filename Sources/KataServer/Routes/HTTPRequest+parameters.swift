import Kata
import KataAPI

extension HTTPRequest {
    /// A number in the query; `nil` if the parameter is missing.
    ///
    /// - Throws: ``ProblemDocument`` if it is there and no number of that range.
    func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = parameter(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let upTo = range.upperBound == .max ? "" : " to \(range.upperBound)"
            throw ProblemDocument.badParameter("\(name) must be a number from \(range.lowerBound)\(upTo)")
        }
        return number
    }

    /// The name of the pipeline in the path; `nil` if the route has none.
    var pipelineName: String? {
        pathParameters["name"]?.percentDecoded
    }

    /// The id of the job in the path.
    ///
    /// - Throws: ``ProblemDocument`` if it is no number.
    var jobID: Job.ID {
        get throws {
            let text = pathParameters["id"] ?? ""
            guard let id = Job.ID(text), id > 0 else {
                throw ProblemDocument.badParameter("a job's id is a number, not '\(text)'".printable)
            }
            return id
        }
    }
}

extension ProblemDocument {
    static func badParameter(_ detail: String) -> ProblemDocument {
        ProblemDocument(status: 400, title: "Bad parameter", detail: detail)
    }
}
