import NIOCore
import NIOHTTP1

/// What every answer of the dashboard says besides: a page runs only what comes from this server, is shown in no frame, and is kept
/// nowhere.
enum DashboardHeaders {
    static let all: HTTPHeaders = [
        "Content-Security-Policy":
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
            + "frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types kata",
        "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    ]

    /// For what may change with each request.
    static let page = all.adding(["Cache-Control": "no-store"])
}

extension HTTPHeaders {
    /// These headers and others.
    func adding(_ others: HTTPHeaders) -> HTTPHeaders {
        var all = self
        all.add(contentsOf: others)
        return all
    }
}

extension HTTPResponse {
    /// A page, or the way to one.
    init(html: String, status: HTTPResponseStatus = .ok, headers: HTTPHeaders = [:]) {
        self.init(
            .whole(ByteBuffer(string: html)), status: status, type: "text/html; charset=utf-8",
            headers: DashboardHeaders.page.adding(headers))
    }
}
