import Kata

extension HTTPConfiguration {
    /// What kata-http is told in the hello, secrets included. It reads these keys in Sources/KataHTTP/HTTPSettings.swift.
    var config: ConfigurationNode {
        var entries: [ConfigurationNode.Entry] = [
            entry("method", .text(method)),
            entry("body", .text(body.rawValue)),
            entry("headers", .map(headers.map { entry($0.name, .text($0.value)) })),
            entry("connect_timeout", .text("\(connectTimeout.milliseconds)ms")),
            entry("answer_timeout", .text("\(answerTimeout.milliseconds)ms")),
            // A number must not stand in quotes.
            entry("output_limit", .scalar("\(outputLimit)")),
        ]
        if let hosts {
            entries.append(entry("allow_hosts", .list(hosts.map { ConfigurationNode(.text($0), origin: Self.origin) })))
        } else {
            entries.insert(entry("url", .text(url)), at: 0)
        }
        if let secret { entries.append(entry("signing_key", .text(secret.key))) }
        if let authorities { entries.append(entry("ca_file", .text(authorities))) }
        return ConfigurationNode(.map(entries), origin: Self.origin)
    }

    /// Nobody reads it: faults were found before.
    private static let origin = ConfigurationOrigin.setting("http")

    private func entry(_ key: String, _ value: ConfigurationNode.Value) -> ConfigurationNode.Entry {
        ConfigurationNode.Entry(
            key: key, keyOrigin: Self.origin, node: ConfigurationNode(value, origin: Self.origin))
    }
}
