import Kata

/// How the host begins.
struct HostHello {
    static let protocolVersion = 1

    let protocolVersion: Int
    let kind: String
    let pipeline: String
    let config: ConfigurationNode

    init(_ fields: ConfigurationNode) {
        protocolVersion = fields["protocol"]?.scalarText.flatMap { Int($0) } ?? 0
        kind = fields["kind"]?.scalarText ?? ""
        pipeline = fields["pipeline"]?.scalarText ?? ""
        config = fields["config"] ?? ConfigurationNode(.map([]), origin: .setting("config"))
    }
}
