import Kata

/// The names that the server answers to.
///
/// A web page may make its own name stand for any address, and so have a browser take the daemon for its own server. The browser
/// says the name in `Host`, though, and the page has no way to another one.
struct ServedHosts: Sendable {
    /// Names of this machine only, and the one that clients of the socket say.
    private static let own: Set<String> = ["localhost", "127.0.0.1", "[::1]", "kata"]

    private let hosts: Set<String>

    /// - Parameter more: further names or addresses; one of version 6 may be without brackets.
    init(and more: [String] = []) {
        hosts = Self.own.union(
            more.map { name in
                let isBare = name.utf8.contains(UInt8(ascii: ":")) && name.utf8.first != UInt8(ascii: "[")
                return isBare ? "[\(name.lowercased())]" : name.lowercased()
            })
    }

    /// Whether requests are answered that are made to that host.
    ///
    /// - Parameter authority: a host with or without a port, which may be any.
    func contain(_ authority: Substring) -> Bool {
        // To Swift some letters beyond ASCII have small forms within it.
        guard let host = Self.host(of: authority), host.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
        return hosts.contains(String(host)) || hosts.contains(host.lowercased())
    }

    /// The host without its port; `nil` if what follows it is no port.
    private static func host(of authority: Substring) -> Substring? {
        let address = authority.utf8.first == UInt8(ascii: "[") ? authority.firstIndex(of: "]") : nil
        let end = address.map { authority.index(after: $0) } ?? authority.firstIndex(of: ":") ?? authority.endIndex
        let rest = authority[end...].utf8
        let isPort = rest.first == UInt8(ascii: ":") && rest.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
        return rest.isEmpty || isPort ? authority[..<end] : nil
    }
}
