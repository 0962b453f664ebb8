import Kata
import KataAPI
import NIOHTTP1

/// Keeps web pages of others from steering the daemon by the browser of somebody who may use it.
///
/// Any page can have a browser send requests to a port of this machine, to which the socket may have been forwarded. What the browser
/// says of the page in its headers can't be changed by it. Other clients say nothing of that kind.
struct BrowserGuard: Sendable {
    let hosts: ServedHosts

    /// Why a request is not answered; `nil` if it is.
    func refusal(of request: HTTPRequest) -> HTTPRefusal? {
        // A request of HTTP/1.0 may be without, and no browser sends one.
        if let authority = request.authority, !hosts.contain(authority) {
            return Self.refusal(
                "requests to '\(CutText(String(authority), limit: 100).marked)' are not answered here, expected one of localhost, 127.0.0.1, [::1], "
                    + "kata, or of 'ui: { hosts: […] }' in the configuration")
        }
        if request.method.isSafe { return nil }
        let sites = request.headers["Sec-Fetch-Site"]
        if let site = sites.first(where: { !["same-origin", "none"].contains($0) }) {
            return Self.refusal(
                "a page of somewhere else has sent this (Sec-Fetch-Site: \(CutText(site, limit: 100).marked)), expected a page of this server or another client than a browser"
            )
        }
        if !sites.isEmpty { return nil }
        let foreign = request.headers["Origin"].first { origin in
            !(request.authority.map { Self.isOrigin(origin, at: $0) } ?? false)
        }
        return foreign.map { origin in
            Self.refusal(
                "a page of '\(CutText(origin, limit: 100).marked)' has sent this, expected a page of this server or another client than a browser"
            )
        }
    }

    private static func refusal(_ detail: String) -> HTTPRefusal {
        HTTPRefusal(problem: ProblemDocument(status: 403, title: "Not from here", detail: detail.printable))
    }

    /// Whether a page of that origin comes from the server that the request was made to. `null` is the origin of pages that
    /// have none of their own, so it is anybody's.
    private static func isOrigin(_ origin: String, at authority: Substring) -> Bool {
        let origin = origin.lowercased()
        guard let scheme = origin.firstRange(of: "://") else { return false }
        let host = origin[scheme.upperBound...]
        let wanted = authority.lowercased()
        // A port that the scheme has anyway may be left out of either.
        let port = ["http": ":80", "https": ":443"][origin[..<scheme.lowerBound]] ?? ""
        return host == wanted || host + port == wanted || host == wanted + port
    }
}
