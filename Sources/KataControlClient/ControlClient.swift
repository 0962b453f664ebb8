import AsyncHTTPClient
import Foundation
public import KataControl
import NIOCore
import NIOHTTP1

/// Talks to a daemon over its Unix socket.
public struct ControlClient: Sendable {
    /// Where the daemon listens.
    public let socket: String
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        // A daemon that is not there is reported at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.redirectConfiguration = .disallow
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()
    private static let answerLimit = 64 << 20
    /// A daemon answers at once, whatever it does.
    private static let timeout = TimeAmount.seconds(10)
    /// For what waits for the disk.
    private static let patience = TimeAmount.minutes(10)

    public init(socket: String) {
        self.socket = socket
    }

    /// - Throws: ``ControlClientError``.
    public func status() async throws -> StatusDocument {
        try await document(.GET, "/v1/status")
    }

    /// - Throws: ``ControlClientError``.
    public func plugins() async throws -> PluginsDocument {
        try await document(.GET, "/v1/plugins")
    }

    /// Starts another run; `nil` means of the only pipeline.
    ///
    /// - Throws: ``ControlClientError``.
    public func startRun(pipeline: String?) async throws -> RunDocument {
        try await document(.POST, pipeline.map { "/v1/pipelines/\(Self.encode($0))/runs" } ?? "/v1/runs")
    }

    /// - Throws: ``ControlClientError``.
    public func estimate(pipeline: String?, workers: Int?) async throws -> EstimateDocument {
        let workers = workers.map(String.init)
        return try await document(.GET, "/v1/estimate" + Self.query([("pipeline", pipeline), ("workers", workers)]))
    }

    /// Submits jobs, all of them or none. They are durable when this returns.
    ///
    /// - Parameters:
    ///   - lines: NDJSON, a job a line.
    ///   - key: a name for the request, so that it can be sent again without being done again.
    /// - Throws: ``ControlClientError``.
    public func submit(_ lines: [UInt8], to pipeline: String, key: String? = nil) async throws -> SubmitDocument {
        var headers = [("Content-Type", "application/x-ndjson")]
        if let key { headers.append(("Idempotency-Key", key)) }
        return try await document(
            .POST, "/v1/pipelines/\(Self.encode(pipeline))/jobs", headers: headers, body: ByteBuffer(bytes: lines),
            timeout: Self.patience)
    }

    /// Lists jobs, the latest first.
    ///
    /// - Throws: ``ControlClientError``.
    public func jobs(pipeline: String?, state: String?, limit: Int, before: Int64?) async throws -> JobListDocument {
        let parameters = [
            ("pipeline", pipeline), ("state", state), ("limit", "\(limit)"), ("before", before.map(String.init)),
        ]
        return try await document(.GET, "/v1/jobs" + Self.query(parameters))
    }

    /// - Throws: ``ControlClientError``.
    public func job(_ id: Int64) async throws -> JobDocument {
        try await document(.GET, "/v1/jobs/\(id)")
    }

    /// - Throws: ``ControlClientError``.
    public func cancel(job id: Int64) async throws -> JobDocument {
        try await document(.POST, "/v1/jobs/\(id)/cancel")
    }

    /// - Throws: ``ControlClientError``.
    public func retry(job id: Int64) async throws -> JobDocument {
        try await document(.POST, "/v1/jobs/\(id)/retry")
    }

    /// Cancels every job of a pipeline that is not finished.
    ///
    /// - Throws: ``ControlClientError``.
    public func cancelAll(pipeline: String) async throws -> ChangeDocument {
        try await document(.POST, "/v1/pipelines/\(Self.encode(pipeline))/cancel", timeout: Self.patience)
    }

    /// Gives every failed job of a pipeline one more attempt.
    ///
    /// - Throws: ``ControlClientError``.
    public func retryFailed(pipeline: String) async throws -> ChangeDocument {
        try await document(.POST, "/v1/pipelines/\(Self.encode(pipeline))/retry", timeout: Self.patience)
    }

    /// - Throws: ``ControlClientError``.
    public func pause(pipeline: String) async throws -> PipelineStateDocument {
        try await document(.POST, "/v1/pipelines/\(Self.encode(pipeline))/pause")
    }

    /// - Throws: ``ControlClientError``.
    public func resume(pipeline: String) async throws -> PipelineStateDocument {
        try await document(.POST, "/v1/pipelines/\(Self.encode(pipeline))/resume")
    }

    /// Changes how many consumers a pipeline has.
    ///
    /// - Throws: ``ControlClientError``.
    public func scale(pipeline: String, workers: Int) async throws -> PipelineStateDocument {
        try await document(.POST, "/v1/pipelines/\(Self.encode(pipeline))/scale?workers=\(workers)")
    }

    /// Why a job stands where it stands.
    ///
    /// - Throws: ``ControlClientError``.
    public func explain(job id: Int64) async throws -> ExplanationDocument {
        try await document(.GET, "/v1/jobs/\(id)/explain")
    }

    /// What a drain would do now.
    ///
    /// - Throws: ``ControlClientError``.
    public func drainForecast() async throws -> DrainDocument {
        try await document(.GET, "/v1/drain")
    }

    /// Begins a drain, after which the daemon ends.
    ///
    /// - Throws: ``ControlClientError``.
    public func drain() async throws -> DrainDocument {
        try await document(.POST, "/v1/drain")
    }

    /// Jobs that may be pruned, with their attempts, in order of id.
    ///
    /// - Parameters:
    ///   - state: a final one.
    ///   - time: in ISO 8601; they were finished before.
    /// - Throws: ``ControlClientError``.
    public func prunable(
        pipeline: String, state: String, before time: String, after id: Int64
    ) async throws -> JobListDocument {
        let query = Self.query([("state", state), ("before", time), ("after", "\(id)")])
        return try await document(
            .GET, "/v1/pipelines/\(Self.encode(pipeline))/prunable\(query)", timeout: Self.patience)
    }

    /// Forgets jobs that may be pruned.
    ///
    /// - Parameter jobs: only these, at most a few thousand; `nil` means all.
    /// - Throws: ``ControlClientError``.
    public func prune(
        pipeline: String, state: String, before time: String, jobs: [Int64]?
    ) async throws -> ChangeDocument {
        let query = Self.query([("state", state), ("before", time)])
        let body = try jobs.map { ByteBuffer(bytes: try JSON.encode(JobIDsDocument(ids: $0))) }
        return try await document(
            .POST, "/v1/pipelines/\(Self.encode(pipeline))/prune\(query)", body: body, timeout: Self.patience)
    }

    /// Streams the flat file.
    ///
    /// - Parameter run: a run's number, `latest` or `all`.
    /// - Throws: ``ControlClientError``; the stream throws if it ends before the last line.
    public func export(pipeline: String?, run: String) async throws -> some AsyncSequence<[UInt8], any Error> {
        let path = "/v1/export" + Self.query([("pipeline", pipeline), ("run", run)])
        return try await AnswerStream(request(.GET, path, timeout: .hours(24)).body, socket: socket)
    }

    private func document<Document: Decodable>(
        _ method: HTTPMethod, _ path: String, headers: [(String, String)] = [], body: ByteBuffer? = nil,
        timeout: TimeAmount = Self.timeout
    ) async throws -> Document {
        let response = try await request(method, path, headers: headers, body: body, timeout: timeout)
        do {
            let body = try await response.body.collect(upTo: Self.answerLimit)
            return try JSON.decode(Document.self, from: Data(body.readableBytesView))
        } catch {
            throw ControlClientError.badAnswer(socket: socket, reason: "\(error)")
        }
    }

    private func request(
        _ method: HTTPMethod, _ path: String, headers: [(String, String)] = [], body: ByteBuffer? = nil,
        timeout: TimeAmount
    ) async throws -> HTTPClientResponse {
        guard !socket.isEmpty, let url = URL(httpURLWithSocketPath: socket, uri: path) else {
            throw ControlClientError.notReachable(socket: socket, reason: "not a path")
        }
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = method
        request.headers = HTTPHeaders(headers)
        if let body { request.body = .bytes(body) }
        let response: HTTPClientResponse
        do {
            response = try await Self.http.execute(request, timeout: timeout)
        } catch let error as IOError where error.errnoCode == EACCES || error.errnoCode == EPERM {
            throw ControlClientError.permissionDenied(socket: socket)
        } catch let error as HTTPClientError where error == .remoteConnectionClosed {
            throw ControlClientError.interrupted(socket: socket)
        } catch {
            throw ControlClientError.notReachable(socket: socket, reason: Self.reason(of: error))
        }
        guard response.headers.contains(name: VersionHeader.name) else {
            throw ControlClientError.badAnswer(socket: socket, reason: "status \(response.status.code)")
        }
        if (200..<300).contains(response.status.code) { return response }
        let body = try await response.body.collect(upTo: Self.answerLimit)
        // An answer without a problem document still has its status.
        let problem = try? JSON.decode(ProblemDocument.self, from: Data(body.readableBytesView))
        throw ControlClientError.refused(
            problem
                ?? ProblemDocument(
                    status: Int(response.status.code), title: "Error", detail: "the daemon answered \(response.status)")
        )
    }

    private static func reason(of error: any Error) -> String {
        (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
    }

    private static func query(_ parameters: [(String, String?)]) -> String {
        let given = parameters.compactMap { name, value in value.map { "\(name)=\(encode($0))" } }
        return given.isEmpty ? "" : "?" + given.joined(separator: "&")
    }

    private static func encode(_ text: String) -> String {
        let unreserved = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? text
    }
}
