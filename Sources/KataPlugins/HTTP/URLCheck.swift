import Foundation
import Kata

/// Looks at the URL that a configuration has requests sent to.
enum URLCheck {
    private static let expected = "expected an address such as https://example.org/hook"

    /// What is wrong with it, to follow the key's name; `nil` if nothing is. Of a URL with a user in it nothing is quoted:
    /// the password may be there as well.
    static func problem(_ url: String) -> String? {
        let authority = authority(of: url)
        let parts = URLComponents(string: url)
        if authority.contains(UInt8(ascii: "@")) || parts?.user != nil || parts?.password != nil {
            return "has a user or a password in it, which everybody would see in logs; "
                + "expected headers: { Authorization: { file: PATH } } with what is in that file, such as 'Basic …'"
        }
        guard let parts, ["http", "https"].contains(parts.scheme ?? ""), !(parts.host ?? "").isEmpty else {
            return "is '\(url.abbreviated)', \(expected)"
        }
        // Not as the parser has it, to which a port that is too large for a number is none.
        let port = String(decoding: port(in: authority), as: UTF8.self)
        if !port.isEmpty, !(1...65_535).contains(Int(port) ?? 0) {
            return "is '\(url.abbreviated)', whose port is '\(port.abbreviated)', expected 1 to 65535"
        }
        return nil
    }

    /// What stands between `//` and the path, also in what is no URL otherwise.
    private static func authority(of url: String) -> ArraySlice<UInt8> {
        let bytes = Array(url.utf8)
        let slashes = bytes.indices.first { bytes[$0...].starts(with: "//".utf8) }
        return bytes[(slashes.map { $0 + 2 } ?? 0)...].prefix { !"/?#".utf8.contains($0) }
    }

    private static func port(in authority: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        // An address of version 6 has colons of its own, and brackets around it.
        let start = authority.lastIndex(of: UInt8(ascii: "]")) ?? authority.startIndex
        guard let colon = authority[start...].firstIndex(of: UInt8(ascii: ":")) else { return [] }
        return authority[(colon + 1)...]
    }
}
