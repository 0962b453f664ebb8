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

    public init(socket: String) {
        self.socket = socket
    }

    /// - Throws: ``ControlClientError``.
    public func status() async throws -> StatusDocument {
        try await document(.GET, "/v1/status")
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

    /// Streams the flat file.
    ///
    /// - Parameter run: a run's number, `latest` or `all`.
    /// - Throws: ``ControlClientError``; the stream throws if it ends before the last line.
    public func export(pipeline: String?, run: String) async throws -> some AsyncSequence<[UInt8], any Error> {
        let path = "/v1/export" + Self.query([("pipeline", pipeline), ("run", run)])
        return try await AnswerStream(request(.GET, path, timeout: .hours(24)).body, socket: socket)
    }

    private func document<Document: Decodable>(_ method: HTTPMethod, _ path: String) async throws -> Document {
        let response = try await request(method, path, timeout: Self.timeout)
        do {
            let body = try await response.body.collect(upTo: Self.answerLimit)
            return try JSON.decode(Document.self, from: Data(body.readableBytesView))
        } catch {
            throw ControlClientError.badAnswer(socket: socket, reason: "\(error)")
        }
    }

    private func request(
        _ method: HTTPMethod, _ path: String, timeout: TimeAmount
    ) async throws -> HTTPClientResponse {
        guard !socket.isEmpty, let url = URL(httpURLWithSocketPath: socket, uri: path) else {
            throw ControlClientError.notReachable(socket: socket, reason: "not a path")
        }
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = method
        let response: HTTPClientResponse
        do {
            response = try await Self.http.execute(request, timeout: timeout)
        } catch let error as IOError where error.errnoCode == EACCES || error.errnoCode == EPERM {
            throw ControlClientError.permissionDenied(socket: socket)
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
