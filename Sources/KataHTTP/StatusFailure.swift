import Kata
import NIOHTTP1

/// What the status of an answer makes of an attempt.
enum StatusFailure {
    /// - Returns: `nil` if the attempt is done.
    static func of(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, now: Timestamp) -> JobFailure? {
        let reason = "the server answered \(status.code) \(status.reasonPhrase)"
        switch status.code {
        case 200..<300: return nil
        case 300..<400: return JobFailure("\(reason); redirects are not followed, name the last address", retry: .never)
        case 429, 503:
            let delay = headers.first(name: "Retry-After").flatMap { RetryAfter.delay($0, now: now) }
            return JobFailure(reason, retry: delay.map { .after($0) } ?? .again)
        // Request Timeout, Too Early
        case 408, 425: return JobFailure(reason, retry: .again)
        case 400..<500: return JobFailure(reason, retry: .never)
        default: return JobFailure(reason, retry: .again)
        }
    }
}
