import Kata
import KataAPI
import NIOHTTP1

/// Finds the handler that answers a request.
struct HTTPRouter: Sendable {
    typealias Handler = @Sendable (HTTPRequest) async throws -> HTTPResponse

    private struct Route: Sendable {
        let method: HTTPMethod
        /// The path's parts. A part that begins with a colon is a name, which any part matches.
        let pattern: [Substring]
        /// The parameters that a query may have.
        let parameters: [String]
        let handler: Handler

        func answers(_ method: HTTPMethod) -> Bool {
            // The body is left out of the answer to HEAD when it is sent.
            self.method == method || self.method == .GET && method == .HEAD
        }
    }

    private var routes: [Route] = []

    /// - Parameter parameters: those that a query may have.
    mutating func get(_ path: String, _ parameters: [String] = [], _ handler: @escaping Handler) {
        add(.GET, path, parameters, handler)
    }

    /// - Parameter parameters: those that a query may have.
    mutating func post(_ path: String, _ parameters: [String] = [], _ handler: @escaping Handler) {
        add(.POST, path, parameters, handler)
    }

    /// - Returns: `nil` if there is no such path.
    /// - Throws: ``HTTPRefusal`` if the path is not there for that method, or not with that query; what the handler threw.
    func respond(to request: HTTPRequest) async throws -> HTTPResponse? {
        let parts = Self.parts(of: request.path)
        var others: [HTTPMethod] = []
        for route in routes {
            guard let parameters = Self.match(parts, route.pattern) else { continue }
            guard route.answers(request.method) else {
                others += route.method == .GET ? [.GET, .HEAD] : [route.method]
                continue
            }
            try Self.check(request.parameterNames, route.parameters)
            var request = request
            request.pathParameters = parameters
            return try await route.handler(request)
        }
        if others.isEmpty { return nil }
        throw Self.wrongMethod(request, allowed: others.map(\.rawValue).joined(separator: ", "))
    }

    private mutating func add(
        _ method: HTTPMethod, _ path: String, _ parameters: [String], _ handler: @escaping Handler
    ) {
        routes.append(
            Route(method: method, pattern: Self.parts(of: path[...]), parameters: parameters, handler: handler))
    }

    private static func wrongMethod(_ request: HTTPRequest, allowed: String) -> HTTPRefusal {
        HTTPRefusal(
            problem: ProblemDocument(
                status: 405, title: "Wrong method",
                detail: "\(request.shortPath) does not take \(request.method), expected \(allowed)".printable),
            headers: ["Allow": allowed])
    }

    private static func check(_ names: [String], _ known: [String]) throws {
        guard let name = names.first(where: { !known.contains($0) }) else { return }
        let shown = CutText(name, limit: 100)
        let hint: String
        if known.isEmpty {
            hint = "there is none here"
        } else if let nearest = nearest(to: shown.beginning, in: known) {
            hint = "did you mean '\(nearest)'?"
        } else {
            hint = "expected \(known.joined(separator: ", "))"
        }
        throw ProblemDocument.badParameter("there is no parameter '\(shown.marked)'; \(hint)".printable)
    }

    private static func parts(of path: Substring) -> [Substring] {
        path.split(separator: "/")
    }

    private static func match(_ parts: [Substring], _ pattern: [Substring]) -> [String: Substring]? {
        guard parts.count == pattern.count else { return nil }
        var parameters: [String: Substring] = [:]
        for (part, expected) in zip(parts, pattern) {
            if expected.first == ":" {
                parameters[String(expected.dropFirst())] = part
            } else if part != expected {
                return nil
            }
        }
        return parameters
    }
}
