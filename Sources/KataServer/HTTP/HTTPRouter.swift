import NIOHTTP1

/// Finds the handler that answers a request.
struct HTTPRouter: Sendable {
    typealias Handler = @Sendable (HTTPRequest) async throws -> HTTPResponse

    private struct Route: Sendable {
        let method: HTTPMethod
        /// The path's parts. A part that begins with a colon is a name, which any part matches.
        let pattern: [Substring]
        let handler: Handler
    }

    private var routes: [Route] = []

    mutating func get(_ path: String, _ handler: @escaping Handler) {
        add(.GET, path, handler)
    }

    mutating func post(_ path: String, _ handler: @escaping Handler) {
        add(.POST, path, handler)
    }

    /// - Returns: `nil` if there is no such route.
    func respond(to request: HTTPRequest) async throws -> HTTPResponse? {
        let parts = Self.parts(of: request.path)
        for route in routes where route.method == request.method {
            guard let parameters = Self.match(parts, route.pattern) else { continue }
            var request = request
            request.pathParameters = parameters
            return try await route.handler(request)
        }
        return nil
    }

    private mutating func add(_ method: HTTPMethod, _ path: String, _ handler: @escaping Handler) {
        routes.append(Route(method: method, pattern: Self.parts(of: path[...]), handler: handler))
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
