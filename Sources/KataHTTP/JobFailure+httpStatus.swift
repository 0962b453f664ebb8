import Kata
import NIOHTTP1

extension JobFailure {
    /// What the status of an answer makes of an attempt, and when the server wants the next one.
    ///
    /// - Returns: `nil` if the attempt is done.
    init?(httpStatus status: HTTPResponseStatus, _ headers: HTTPHeaders, now: Timestamp) {
        let reason = "the server answered \(status.code) \(status.reasonPhrase)"
        switch status.code {
        case 200..<300: return nil
        case 300..<400:
            self.init("\(reason); redirects are not followed, name the last address", retry: .never)
        case 429, 503:
            let delay = headers.first(name: "Retry-After").flatMap { RetryAfter.delay($0, now: now) }
            self.init(reason, retry: delay.map { .after($0) } ?? .again)
        // Request Timeout, Too Early
        case 408, 425: self.init(reason, retry: .again)
        case 400..<500: self.init(reason, retry: .never)
        default: self.init(reason, retry: .again)
        }
    }
}
