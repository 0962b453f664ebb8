import Kata

/// The dashboard, where the configuration asks for it.
public struct DashboardConfiguration: Hashable, Sendable {
    /// Names and addresses that requests may be made to, besides those of this machine.
    public let hosts: [String]

    /// Reads `true` or a map such as `{ hosts: [kata.example.org] }`; `nil` for `false`, and where there is a fault.
    init?(_ key: String, in section: inout ConfigurationSection) {
        guard let node = section.optionalNode(key), case .map = node.value else {
            // Asked for again, for the fault's sake.
            guard section.boolean(key, default: false) else { return nil }
            hosts = []
            return
        }
        var own = ConfigurationSection(node, title: key, report: section.report)
        let expected = "a list of names such as kata.example.org, without ports"
        let names = own.strings("hosts", expected: expected)
        for name in names where !HostRules.isHostName(name.lowercased()) && Self.address(name) == nil {
            own.fault("hosts", "has '\(name.abbreviated)' in it, expected \(expected)")
        }
        hosts = names
        own.finish()
    }

    private static func address(_ text: String) -> InternetAddress? {
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        return InternetAddress(isBracketed ? String(text.dropFirst().dropLast()) : text)
    }
}
