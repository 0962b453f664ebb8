import Foundation
import Hummingbird
import Kata
import KataControl

extension Request {
    func parameter(_ name: Substring) -> String? {
        uri.queryParameters[name].map(String.init)
    }

    /// - Throws: ``ProblemDocument`` if it is there and no number of that range.
    func integer(_ name: Substring, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = parameter(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let upTo = range.upperBound == .max ? "" : " to \(range.upperBound)"
            throw ProblemDocument.badParameter("\(name) must be a number from \(range.lowerBound)\(upTo)")
        }
        return number
    }
}

extension BasicRequestContext {
    /// The pipeline in the path.
    var pipelineName: String? {
        parameters.get("name").map { name in
            // Foundation's way is a long one, and mostly there is nothing to do.
            name.utf8.contains(UInt8(ascii: "%")) ? name.removingPercentEncoding ?? name : name
        }
    }

    /// The job in the path.
    ///
    /// - Throws: ``ProblemDocument`` if it is no number.
    var jobID: Job.ID {
        get throws {
            let text = parameters.get("id") ?? ""
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

/// Makes a JSON response of a document.
func response(_ document: some Encodable, status: HTTPResponse.Status = .ok, type: String = "application/json") throws
    -> Response
{
    response(json: try JSON.encode(document), status: status, type: type)
}

func response(
    json bytes: some Sequence<UInt8>, status: HTTPResponse.Status = .ok, type: String = "application/json"
) -> Response {
    Response(
        status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
}
