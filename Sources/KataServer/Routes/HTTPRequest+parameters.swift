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

    /// A duration in the query, such as `30s`; `nil` if the parameter is missing.
    ///
    /// - Throws: ``ProblemDocument`` if it is there and no duration of at most `limit`.
    func duration(_ name: String, upTo limit: Duration) throws -> Duration? {
        guard let text = parameter(name) else { return nil }
        guard let duration = Duration(configuration: text), duration >= .zero, duration <= limit else {
            throw ProblemDocument.badParameter(
                "\(name) must be a duration such as 30s, at most \(limit.formattedSeconds)s")
        }
        return duration
    }

    /// A time in the query, or how long ago it was; `nil` if the parameter is missing.
    ///
    /// - Parameter now: what that is counted back from.
    /// - Throws: ``ProblemDocument``.
    func time(_ name: String, now: Timestamp = .now()) throws -> Timestamp? {
        try parameter(name).map { try Self.time($0, name, now: now) }
    }

    /// A time, or how long ago it was.
    ///
    /// - Throws: ``ProblemDocument``.
    static func time(_ text: String, _ name: String, now: Timestamp = .now()) throws -> Timestamp {
        // A plus that is not encoded means a space in a query.
        if let time = Timestamp(iso8601: text.replacing(" ", with: "+")) { return time }
        if let age = Duration(configuration: text) { return now.advanced(by: .zero - age) }
        throw ProblemDocument.badParameter(
            "\(name) must be a time such as 2026-01-31T12:00:00Z, or how long ago, such as 2h")
    }

    /// - Throws: ``ProblemDocument`` if the parameter is there, and neither `true` nor `false`.
    func flag(_ name: String) throws -> Bool {
        switch parameter(name) {
        case "true": return true
        case nil, "false": return false
        case _?: throw ProblemDocument.badParameter("\(name) must be true or false")
        }
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
