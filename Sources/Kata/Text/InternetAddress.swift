import Glibc

/// An address of the internet, of version 4 or 6.
package struct InternetAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16, in the order of the network. An address of version 4 that is written as one of version 6 has 4.
    package let bytes: [UInt8]

    /// - Parameter bytes: 4 or 16; `nil` for any other number.
    package init?(bytes: [UInt8]) {
        switch bytes.count {
        case 4: self.bytes = bytes
        case 16: self.bytes = bytes.starts(with: Self.mapped) ? Array(bytes.suffix(4)) : bytes
        default: return nil
        }
    }

    /// Reads `192.0.2.1` or `2001:db8::1`; `nil` if the text is anything else, such as `127.1`.
    package init?(_ text: String) {
        for (family, size) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: size)
            if inet_pton(family, text, &bytes) == 1 {
                self.init(bytes: bytes)
                return
            }
        }
        return nil
    }

    /// As it is written in addresses, without brackets.
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether only this machine can be meant.
    package var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    }

    /// Whether it is one of the whole internet: no address of a private network, of this machine or link, and none that
    /// is kept for other uses (the registries of IANA for special purposes).
    package var isPublic: Bool {
        if bytes.count == 4 { return !Self.special.contains { contains($0, in: bytes) } }
        // Addresses that hold one of version 4, which a gateway goes by
        if contains((Self.nat64, 96), in: bytes) {
            return InternetAddress(bytes: Array(bytes[12...]))?.isPublic ?? false
        }
        if contains(([0x20, 0x02], 16), in: bytes) {
            return InternetAddress(bytes: Array(bytes[2..<6]))?.isPublic ?? false
        }
        return contains(([0x20], 3), in: bytes) && !Self.special6.contains { contains($0, in: bytes) }
    }

    /// Whether the first bits of the address are those of the other one.
    package func isIn(_ network: InternetAddress, prefix: Int) -> Bool {
        bytes.count == network.bytes.count && contains((network.bytes, prefix), in: bytes)
    }

    private typealias Network = (bytes: [UInt8], prefix: Int)

    private static let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
    private static let nat64: [UInt8] = [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]
    private static let special: [Network] = [
        ([0], 8), ([10], 8), ([100, 64], 10), ([127], 8), ([169, 254], 16), ([172, 16], 12), ([192, 0, 0], 24),
        ([192, 0, 2], 24), ([192, 88, 99], 24), ([192, 168], 16), ([198, 18], 15), ([198, 51, 100], 24),
        ([203, 0, 113], 24),
        ([224], 3),
    ]
    private static let special6: [Network] = [
        ([0x20, 0x01, 0x00], 23), ([0x20, 0x01, 0x0d, 0xb8], 32), ([0x3f, 0xff, 0x00], 20),
    ]

    private func contains(_ network: Network, in bytes: [UInt8]) -> Bool {
        (0..<network.prefix).allSatisfy { bit in
            let mask = UInt8(0x80) >> UInt8(bit % 8)
            let byte = bit / 8 < network.bytes.count ? network.bytes[bit / 8] : 0
            return bytes[bit / 8] & mask == byte & mask
        }
    }
}
