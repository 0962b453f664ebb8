import NIOHTTP1
import Synchronization

/// Decides which requests to the dashboard's port come from the browser that it is opened for.
///
/// Anybody on the machine may connect to a port. So its address has a token, which can be used once, and the browser that has used
/// it is known by a cookie from then on. Browsers send a cookie to all ports of a machine: another server on it that this browser is sent
/// to could learn it, so that it keeps out those who have no such server.
final class DashboardLogin: Sendable {
    enum Verdict: Equatable {
        case pass
        case answer(DashboardAnswer)
    }

    private static let path = "/ui/login"

    private let token: String
    private let secret: String
    private let isUsed = Mutex(false)

    /// - Parameters:
    ///   - token: opens the port once.
    ///   - secret: what the cookie holds.
    init(token: String = randomText(), secret: String = randomText()) {
        self.token = token
        self.secret = secret
    }

    /// The address for the browser.
    func address(at port: Int) -> String { "http://127.0.0.1:\(port)\(Self.path)?token=\(token)" }

    /// What becomes of a request to that port.
    func verdict(on head: HTTPRequestHead, at port: Int) -> Verdict {
        // A web page may make its own name stand for this machine, and have a browser come here with its own cookies.
        // Browsers leave the usual port out.
        let hosts = ["127.0.0.1", "localhost"].flatMap { port == 80 ? [$0, "\($0):80"] : ["\($0):\(port)"] }
        guard head.headers["Host"].count == 1, hosts.contains(head.headers["Host"][0]) else {
            return .answer(
                DashboardAnswer(
                    status: .forbidden,
                    text:
                        "This address is not served here, but http://127.0.0.1:\(port)/ is. A port that is forwarded to this one "
                        + "has to have the same number."))
        }
        let (path, query) = Self.parts(of: head.uri)
        let isKnown = knows(head, at: port)
        if path == Self.path {
            return .answer(isKnown || head.method == .GET && take(query) ? opened(at: port, for: head) : refused)
        }
        if !isKnown { return .answer(refused) }
        // Each page leads to the metrics.
        if path == "/ui" || path.hasPrefix("/ui/") || path == "/metrics" { return .pass }
        if path == "/" { return .answer(redirect) }
        return .answer(DashboardAnswer(status: .notFound, text: "Only the dashboard is here, at /ui/."))
    }

    /// What a cookie is called. Browsers send it to all ports of a machine, and each port needs its own.
    private static func cookie(of port: Int) -> String { "kata-\(port)" }

    private var redirect: DashboardAnswer {
        DashboardAnswer(status: .seeOther, headers: ["Location": "/ui/"], text: "The dashboard is at /ui/.")
    }

    /// A browser that comes by a link of another site gets a page that leads on: of a redirection it would take the cookie, and not
    /// send it to the next page.
    private func opened(at port: Int, for head: HTTPRequestHead) -> DashboardAnswer {
        let isFromElsewhere = head.headers["Sec-Fetch-Site"].contains { $0 != "none" && $0 != "same-origin" }
        var answer =
            isFromElsewhere
            ? DashboardAnswer(
                status: .ok, headers: ["Refresh": "0; url=/ui/"], text: "<a href=\"/ui/\">Go on to the dashboard.</a>")
            : redirect
        answer.headers.add(
            name: "Set-Cookie", value: "\(Self.cookie(of: port))=\(secret); Path=/; HttpOnly; SameSite=Strict")
        return answer
    }

    private var refused: DashboardAnswer {
        DashboardAnswer(
            status: .forbidden,
            text:
                "This is not the browser that the dashboard was opened in. An address that kata-ctl ui has printed can be opened "
                + "once; for another browser, start kata-ctl ui again.")
    }

    /// Whether the token is in the query, and was not used before.
    private func take(_ query: Substring) -> Bool {
        guard let text = query.split(separator: "&").first(where: { $0.hasPrefix("token=") })?.dropFirst(6),
            Self.areSame(text, token)
        else { return false }
        return isUsed.withLock { isUsed in
            defer { isUsed = true }
            return !isUsed
        }
    }

    private func knows(_ head: HTTPRequestHead, at port: Int) -> Bool {
        let name = "\(Self.cookie(of: port))="
        let cookies = head.headers["Cookie"].flatMap { $0.split(separator: ";") }
        return cookies.contains { text in
            let field = text.drop { $0 == " " }
            return field.hasPrefix(name) && Self.areSame(field.dropFirst(name.count), secret)
        }
    }

    private static func parts(of uri: String) -> (path: Substring, query: Substring) {
        let end = uri.firstIndex(of: "?") ?? uri.endIndex
        return (uri[..<end], uri[end...].dropFirst())
    }

    /// Takes the same time wherever the texts differ, so that nobody can find one out byte by byte.
    private static func areSame(_ one: Substring, _ other: String) -> Bool {
        let (one, other) = (Array(one.utf8), Array(other.utf8))
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// A text that nobody can guess.
private func randomText() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<4).map { _ in
        let digits = String(generator.next() as UInt64, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
}
