import Kata
import KataAPI
import NIOHTTP1

/// Finds the handler that answers a request with a response.
typealias HTTPRouter = Router<HTTPResponse>

/// Finds the handler that answers a request, in whatever way.
struct Router<Answer: Sendable>: Sendable {
    typealias Handler = @Sendable (HTTPRequest) async throws -> Answer

    private struct Route: Sendable {
        /// A part of a path.
        enum Part {
            case text(Substring)
            /// Any part, which the handler finds under that name.
            case name(String)
        }

        let method: HTTPMethod
        let path: [Part]
        /// The parameters that a query may have.
        let parameters: [String]
        /// What a body may be said to be.
        let types: [String]
        let handler: Handler

        func answers(_ method: HTTPMethod) -> Bool {
            // The body is left out of the answer to HEAD when it is sent.
            self.method == method || self.method == .GET && method == .HEAD
        }

        func matches(_ parts: [Substring]) -> Bool {
            guard parts.count == path.count else { return false }
            for (part, expected) in zip(parts, path) {
                if case .text(let text) = expected, text != part { return false }
            }
            return true
        }

        /// The parts of a path that matches which the route has names for.
        func names(in parts: [Substring]) -> [String: Substring] {
            var names: [String: Substring] = [:]
            for case (let part, .name(let name)) in zip(parts, path) { names[name] = part }
            return names
        }
    }

    private var routes: [Route] = []

    /// - Parameter parameters: those that a query may have.
    mutating func get(_ path: String, _ parameters: [String] = [], _ handler: @escaping Handler) {
        add(.GET, path, parameters, handler)
    }

    /// - Parameters:
    ///   - parameters: those that a query may have.
    ///   - types: what a body may be said to be, if it is said. Forms, which any web page can have a browser send, are not
    ///     among them unless the route says so.
    mutating func post(
        _ path: String, _ parameters: [String] = [], types: [String] = [MediaType.json], _ handler: @escaping Handler
    ) {
        add(.POST, path, parameters, types: types, handler)
    }

    /// - Parameter parameters: those that a query may have.
    mutating func patch(_ path: String, _ parameters: [String] = [], _ handler: @escaping Handler) {
        add(.PATCH, path, parameters, types: [MediaType.json], handler)
    }

    /// - Returns: `nil` if there is no such path.
    /// - Throws: ``HTTPRefusal`` if the path is not there for that method, or not with that query; what the handler threw.
    func respond(to request: HTTPRequest) async throws -> Answer? {
        let parts = request.path.parts(between: "/")
        var others: [HTTPMethod] = []
        for route in routes where route.matches(parts) {
            guard route.answers(request.method) else {
                others += route.method == .GET ? [.GET, .HEAD] : [route.method]
                continue
            }
            try Self.check(request.parameterNames, route.parameters)
            try Self.check(request.mediaType, route.types, request)
            var request = request
            request.pathParameters = route.names(in: parts)
            return try await route.handler(request)
        }
        if others.isEmpty { return nil }
        throw Self.wrongMethod(request, allowed: others.map(\.rawValue).joined(separator: ", "))
    }

    /// - Parameter path: where a part begins with a colon, it is a name.
    private mutating func add(
        _ method: HTTPMethod, _ path: String, _ parameters: [String], types: [String] = [], _ handler: @escaping Handler
    ) {
        let parts = path[...].parts(between: "/").map { part in
            part.first == ":" ? Route.Part.name(String(part.dropFirst())) : .text(part)
        }
        routes.append(Route(method: method, path: parts, parameters: parameters, types: types, handler: handler))
    }

    private static func wrongMethod(_ request: HTTPRequest, allowed: String) -> HTTPRefusal {
        HTTPRefusal(
            problem: ProblemDocument(
                status: 405, title: "Wrong method",
                detail: "\(request.shortPath) does not take \(request.method), expected \(allowed)".printable),
            headers: ["Allow": allowed])
    }

    private static func check(_ type: String?, _ known: [String], _ request: HTTPRequest) throws {
        guard !request.method.isSafe, let type, !known.contains(type) else { return }
        throw ProblemDocument(
            status: 415, title: "Unsupported media type",
            detail: "the body is \(CutText(type, limit: 100).marked), expected \(known.joined(separator: " or "))"
                .printable)
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
}
