import Kata

/// What a plugin is asked to be.
enum PluginKind: String, Sendable {
    case handler, source
}

/// What a plugin says of itself.
struct PluginHello: Hashable, Sendable {
    static let protocolVersion = 1
    /// What a plugin may say that it takes at once.
    static let concurrencies = 1...10_000

    var protocolVersion = 0
    /// As the plugin says it, which may be no ``PluginKind``.
    var kind = ""
    /// The plugin's own version; `nil` if it says none.
    var version: String?
    /// How many jobs it takes at once.
    var concurrency = 1
    /// Whether it answers pings even while it works.
    var answersPings = false
    /// Of a source, whether its items end; `nil` if it does not say.
    var isFinite: Bool?

    /// Why a plugin that was asked to be of that kind can't be used; `nil` if it can.
    func fault(asked kind: PluginKind) -> String? {
        if protocolVersion != Self.protocolVersion {
            return "speaks version \(protocolVersion) of the plugin protocol, expected \(Self.protocolVersion)"
        }
        if self.kind != kind.rawValue { return "is a \(self.kind.abbreviated.printable), expected a \(kind.rawValue)" }
        if !Self.concurrencies.contains(concurrency) {
            return "says that its concurrency is \(concurrency), expected 1 to \(Self.concurrencies.upperBound)"
        }
        return nil
    }
}
