import NIOCore
import NIOHTTP1

/// An answer that does not come from the daemon. The connection is closed behind it.
struct DashboardAnswer: Equatable {
    let status: HTTPResponseStatus
    /// Besides those that every answer has.
    var headers: HTTPHeaders = [:]
    /// What is said, in a sentence or two, as HTML; no part of it comes from a request.
    let text: String

    /// The whole answer, as it is sent.
    var bytes: ByteBuffer {
        let page =
            "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
            + "<title>Kata</title><h1>\(status.reasonPhrase)</h1><p>\(text)</p></html>\n"
        var all: HTTPHeaders = [
            "Content-Type": "text/html; charset=utf-8", "Content-Length": "\(page.utf8.count)", "Connection": "close",
            "Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
        ]
        all.add(contentsOf: headers)
        var buffer = ByteBuffer()
        buffer.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
        for (name, value) in all { buffer.writeString("\(name): \(value)\r\n") }
        buffer.writeString("\r\n\(page)")
        return buffer
    }
}
