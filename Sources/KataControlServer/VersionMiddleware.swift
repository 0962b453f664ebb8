import HTTPTypes
import Hummingbird
import KataControl

/// Says in every answer that it comes from Kata, and from which version.
struct VersionMiddleware: RouterMiddleware {
    let version: String

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        if let name = HTTPField.Name(VersionHeader.name) { response.headers[name] = version }
        return response
    }
}
