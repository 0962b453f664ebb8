package import Kata

/// Where metrics are offered besides the control socket.
public struct MetricsConfiguration: Hashable, Sendable {
    /// An address of this machine that no other reaches.
    package let address: InternetAddress
    /// From 1 on.
    public let port: Int

    /// As it is written in the configuration.
    public var description: String {
        address.bytes.count == 4 ? "\(address):\(port)" : "[\(address)]:\(port)"
    }

    /// Reads a map such as `{ listen: 127.0.0.1:9464 }`; `nil` if the key is missing, and where there is a fault.
    init?(_ key: String, in section: inout ConfigurationSection) {
        guard let node = section.optionalNode(key) else { return nil }
        var own = ConfigurationSection(node, title: key, report: section.report)
        let text = own.string("listen")
        let place = Self.place(text)
        switch place {
        case (let address, _)? where !address.isLoopback:
            own.fault(
                "listen",
                "is '\(text.abbreviated)', which others can reach, expected an address of this machine such as 127.0.0.1:9464; have a server "
                    + "with a login pass requests on to it")
        case nil where !text.isEmpty:
            own.fault("listen", "is '\(text.abbreviated)', expected an address and a port such as 127.0.0.1:9464")
        default: break
        }
        own.finish()
        guard let (address, port) = place, address.isLoopback else { return nil }
        self.address = address
        self.port = port
    }

    private static func place(_ text: String) -> (InternetAddress, Int)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        var host = text[..<colon]
        let digits = text[text.index(after: colon)...]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard let address = InternetAddress(host == "localhost" ? "127.0.0.1" : String(host)),
            let port = Int(digits), (1...65_535).contains(port), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return (address, port)
    }
}
