/// Which hosts requests may go to, where somebody else says the host.
///
/// A rule is a name (`example.org`), all names below one (`*.example.org`), an address or a network (`10.0.0.0/8`). A name
/// allows only addresses of the whole internet, and of others those that a rule lists.
package struct HostRules: Sendable {
    private enum Rule: Sendable {
        case name(String)
        case below(String)
        case network(InternetAddress, prefix: Int)
    }

    private var rules: [Rule] = []

    /// No host is allowed.
    package init() {}

    /// Adds a rule.
    ///
    /// - Returns: whether the text is one.
    package mutating func add(_ text: String) -> Bool {
        guard let rule = Self.rule(text.lowercased()) else { return false }
        rules.append(rule)
        return true
    }

    /// Whether requests may go to a host, as far as its name tells.
    ///
    /// - Parameter host: a name in small letters, or an address without brackets.
    package func allow(host: String) -> Bool {
        let address = InternetAddress(host)
        return rules.contains { rule in
            switch rule {
            case .name(let name): name == host
            case .below(let name): address == nil && host.hasSuffix(name)
            case .network(let network, let prefix): address?.isIn(network, prefix: prefix) ?? false
            }
        }
    }

    /// Whether requests to a host that is allowed may go to this address of it.
    package func allow(address: InternetAddress) -> Bool {
        address.isPublic
            || rules.contains { rule in
                if case .network(let network, let prefix) = rule {
                    address.isIn(network, prefix: prefix)
                } else {
                    false
                }
            }
    }

    private static func rule(_ text: String) -> Rule? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if let address = InternetAddress(parts[0]) {
            let size = 8 * address.bytes.count
            if parts.count == 1 { return .network(address, prefix: size) }
            guard parts.count == 2, let prefix = Int(parts[1]), (1...size).contains(prefix) else { return nil }
            return .network(address, prefix: prefix)
        }
        let isBelow = text.hasPrefix("*.")
        let name = isBelow ? String(text.dropFirst(2)) : text
        guard isHostName(name) else { return nil }
        return isBelow ? .below("." + name) : .name(name)
    }

    /// Whether a text can be a host's name: letters, digits, `-`, `_` and `.`, and not an address in another notation.
    package static func isHostName(_ text: String) -> Bool {
        text.utf8.count <= 253 && text.isName(with: "-_.") && !text.hasPrefix(".") && !text.hasSuffix(".")
            && text.utf8.contains { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } && !text.hasPrefix("0x")
    }
}
