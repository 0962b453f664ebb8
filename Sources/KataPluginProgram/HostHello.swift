import Kata

/// The host's first message: what this program is to be, and with which configuration.
struct HostHello {
    static let protocolVersion = 1
    /// The kind of plugin that this program is.
    static let kind = "handler"

    let pipeline: String
    let config: ConfigurationNode
    /// Why this program can't be what it is asked to be; `nil` if it can.
    let refusal: String?

    init(_ fields: ConfigurationNode) {
        let version = fields["protocol"]?.scalarText ?? "none"
        let kind = fields["kind"]?.scalarText ?? ""
        pipeline = fields["pipeline"]?.scalarText ?? ""
        config = fields["config"] ?? ConfigurationNode(.map([]), origin: .setting("config"))
        if version != "\(Self.protocolVersion)" {
            refusal = "katad speaks version \(version) of the plugin protocol, expected \(Self.protocolVersion)"
        } else if kind != Self.kind {
            refusal = "this is a \(Self.kind), and katad asks for a \(kind)"
        } else {
            refusal = nil
        }
    }
}
