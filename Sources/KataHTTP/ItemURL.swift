import Foundation
import Kata

/// The URL that a job's item is, taken apart. Whoever submits jobs writes it, so it is read strictly, and put together anew
/// from what was read: another reader of the same text could take another host out of it.
struct ItemURL: Hashable, Sendable {
    /// Why an item is no URL that requests are sent to. Quotes nothing of it, which may hold a password.
    struct Fault: Error, Hashable, CustomStringConvertible {
        let description: String
    }

    /// A name in small letters, or an address without brackets.
    let host: String
    let port: Int
    /// What the request is sent to.
    let text: String
    /// Without the path, which may hold what is secret; for errors.
    let origin: String

    /// In bytes.
    private static let sizeLimit = 8_192

    /// - Throws: ``Fault``.
    init(_ item: String) throws(Fault) {
        guard item.utf8.count <= Self.sizeLimit else { throw Fault(description: "the item is too long for a URL") }
        guard item.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\\") }) else {
            throw Fault(description: "the item has characters in it that no URL has")
        }
        let lowered = item.lowercased()
        guard let scheme = ["http", "https"].first(where: { lowered.hasPrefix("\($0)://") }) else {
            throw Fault(description: "the item is no URL that begins with http:// or https://")
        }
        let rest = item.dropFirst(scheme.count + 3)
        let authority = rest.prefix { !"/?#".contains($0) }
        if authority.contains("@") { throw Fault(description: "the item's URL has a user in it") }
        let (host, port) = try Self.split(authority.lowercased())
        self.host = host
        self.port = port ?? (scheme == "https" ? 443 : 80)
        origin = "\(scheme)://\(host.contains(":") ? "[\(host)]" : host)\(port.map { ":\($0)" } ?? "")"
        let target = rest.dropFirst(authority.count).prefix { $0 != "#" }
        text = origin + (target.hasPrefix("/") ? "" : "/") + target
        guard let url = URL(string: text), url.host?.trimmingCharacters(in: ["[", "]"]) == host, url.user == nil else {
            throw Fault(description: "the item is no URL that can be read")
        }
    }

    private static func split(_ authority: String) throws(Fault) -> (host: String, port: Int?) {
        let fault = Fault(description: "the item's URL has no host, or no port, that there can be")
        let host: Substring
        var rest: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw fault }
            host = authority[authority.index(after: authority.startIndex)..<end]
            rest = authority[authority.index(after: end)...]
            guard host.contains(":"), InternetAddress(String(host)) != nil else { throw fault }
        } else {
            host = authority.prefix { $0 != ":" }
            rest = authority.dropFirst(host.count)
            guard InternetAddress(String(host)) != nil || HostRules.isHostName(String(host)) else { throw fault }
        }
        if rest.isEmpty { return (String(host), nil) }
        rest.removeFirst()
        guard rest.utf8.count <= 5, rest.utf8.allSatisfy(\.isDigit), let port = Int(rest), (1...65_535).contains(port)
        else {
            throw fault
        }
        return (String(host), port)
    }
}
