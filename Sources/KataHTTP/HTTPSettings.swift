import Kata

/// What is to be sent, and where: katad says it in its hello, after it has checked the configuration that people write.
///
/// Faults here are katad's, and not those of a user. Their texts name keys and never values, some of which are secrets.
struct HTTPSettings: Sendable {
    /// What the body of a request is.
    enum Body: String, CaseIterable, Sendable {
        /// The item as it is.
        case item
        /// An object with the item, the job's id, the attempt and the pipeline.
        case json
    }

    /// Where requests go; empty if the item says so.
    let url: String
    /// The hosts that requests may go to where the item says the URL; `nil` if it does not.
    let hosts: HostRules?
    let method: String
    let body: Body
    /// Headers besides those that every request has.
    let headers: [(name: String, value: String)]
    /// `nil` if requests are not signed.
    let signature: WebhookSignature?
    let connectTimeout: Duration
    /// How long the server may be silent.
    let answerTimeout: Duration
    /// How much of an answer is kept, in bytes.
    let outputLimit: Int
    /// The path of the certificates that are trusted; `nil` means those of the system.
    let authorities: String?

    /// Reads the settings. Faults are noted in the section.
    init(_ section: inout ConfigurationSection) {
        hosts = Self.hosts(&section)
        url = hosts == nil ? section.string("url") : ""
        method = section.string("method")
        body = section.choice("body")
        headers = Self.headers(&section)
        signature = Self.signature(&section)
        connectTimeout = section.duration("connect_timeout")
        answerTimeout = section.duration("answer_timeout")
        outputLimit = section.integer("output_limit", in: 0...JobContext.outputLimit)
        authorities = section.optionalString("ca_file")
    }

    private static func hosts(_ section: inout ConfigurationSection) -> HostRules? {
        guard section.has("allow_hosts") else { return nil }
        var rules = HostRules()
        for text in section.strings("allow_hosts") where !rules.add(text) {
            section.fault("allow_hosts", "has '\(text.abbreviated)' in it, which is no host")
        }
        return rules
    }

    private static func headers(_ section: inout ConfigurationSection) -> [(name: String, value: String)] {
        guard let node = section.node("headers", expected: "a map of texts") else { return [] }
        guard case .map(let entries) = node.value else {
            section.fault("headers", "is no map of texts")
            return []
        }
        return entries.compactMap { entry in
            if let value = entry.node.scalarText { return (entry.key, value) }
            section.fault("headers", "has something other than a text in it")
            return nil
        }
    }

    private static func signature(_ section: inout ConfigurationSection) -> WebhookSignature? {
        guard let node = section.optionalNode("signing_key") else { return nil }
        if let signature = node.scalarText.flatMap({ WebhookSignature(key: $0) }) { return signature }
        section.fault("signing_key", "is no key in base64")
        return nil
    }
}
