import KataAPI

@testable import KataClient

/// An answer of a daemon, as it is sent.
func answer(_ body: String, status: String = "200 OK", headers: String = "") -> String {
    "HTTP/1.1 \(status)\r\nKata-Version: 1.0\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}

/// What a daemon answers to ``ControlClient/cancelAll(pipeline:)``.
func changed(_ count: Int, headers: String = "") -> String {
    answer(#"{"changed":\#(count)}"#, headers: headers)
}

/// What a daemon answers to ``ControlClient/submit(_:to:key:)``.
let submitted = answer(#"{"ids":[7],"duplicates":[]}"#)
/// What a daemon answers to ``ControlClient/list()``.
let noJobs = answer(#"{"jobs":[]}"#)

extension ControlClient {
    /// Some request that may be repeated.
    func list() async throws -> Int {
        try await jobs(JobQuery(), limit: 1, before: nil).jobs.count
    }

    /// Some request that may not be repeated.
    func change() async throws -> Int {
        try await cancelAll(pipeline: "mail").changed
    }

    /// A client that waits as long as it takes, however busy the machine is.
    init(patient socket: String) {
        self.init(impatient: socket, for: .seconds(600))
    }

    /// A client that does not wait for long.
    init(impatient socket: String, for time: Duration = .milliseconds(50)) {
        self.init(socket: socket, limits: AnswerLimits(prompt: time, disk: time, export: time))
    }
}

extension ControlClientError {
    /// The kind, without what a library or the system says in its own words.
    var kind: String {
        switch self {
        case .notReachable: "not reachable"
        case .permissionDenied: "permission denied"
        case .refused: "refused"
        case .badAnswer: "bad answer"
        case .interrupted: "interrupted"
        }
    }
}

/// What came of a request: what it returned, or what it threw.
func outcome(_ body: () async throws -> Int) async -> String {
    do {
        return "\(try await body())"
    } catch let error as ControlClientError {
        return error.kind
    } catch {
        return "\(error)"
    }
}
