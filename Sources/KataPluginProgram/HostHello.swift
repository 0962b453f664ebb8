import Kata

/// The host's first message: what this program is to be, and with which configuration.
struct HostHello {
    static let protocolVersion = 1

    let version: String
    /// What the program is to be.
    let kind: String
    let pipeline: String
    let config: ConfigurationNode

    init(_ fields: ConfigurationNode) {
        version = fields["protocol"]?.scalarText ?? "none"
        kind = fields["kind"]?.scalarText ?? ""
        pipeline = fields["pipeline"]?.scalarText ?? ""
        config = fields["config"] ?? ConfigurationNode(.map([]), origin: .setting("config"))
    }

    /// The role that is asked for.
    ///
    /// - Throws: ``Refusal`` if it is none of these.
    func role(among roles: [PluginRole]) throws(Refusal) -> PluginRole {
        if version != "\(Self.protocolVersion)" {
            throw Refusal(
                "katad speaks version \(version) of the plugin protocol, expected \(Self.protocolVersion)")
        }
        guard let role = roles.first(where: { $0.kind.rawValue == kind }) else {
            let kinds = roles.map(\.kind.rawValue).joined(separator: " and a ")
            throw Refusal("this is a \(kinds), and katad asks for a \(kind)")
        }
        return role
    }

    /// Why this program can't be what it is asked to be.
    struct Refusal: Error {
        let reason: String

        init(_ reason: String) {
            self.reason = reason
        }
    }
}
