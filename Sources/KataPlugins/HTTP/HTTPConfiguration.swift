import Foundation
import Kata

/// What the `http` handler is told to send, and where.
struct HTTPConfiguration: Sendable {
    /// What the body of a request is.
    enum Body: String, CaseIterable, Sendable {
        /// The item as it is.
        case item
        /// An object with the item, the job's id, the attempt and the pipeline.
        case json
    }

    /// Empty if the item says where a request goes.
    let url: String
    /// The hosts that requests may go to where the item says the URL; `nil` if it does not.
    let hosts: [String]?
    let method: String
    let body: Body
    /// Headers besides those that every request has.
    let headers: [(name: String, value: String)]
    /// `nil` if requests are not signed.
    let secret: WebhookSecret?
    /// How long connecting may take.
    let connectTimeout: Duration
    /// How long the server may be silent.
    let answerTimeout: Duration
    /// How much of an answer is kept, in bytes.
    let outputLimit: Int
    /// The path of the certificates of the authorities that are trusted; `nil` means those of the system.
    let authorities: String?

    /// Stands for the item as the URL.
    static let placeholder = "{item}"
    private static let methods = ["POST", "PUT", "PATCH", "GET", "DELETE"]
    /// Headers that the handler sets itself, in lower case.
    private static let ownHeaders = [
        "host", "content-length", "transfer-encoding", "connection", "webhook-id", "webhook-timestamp",
        "webhook-signature",
    ]

    /// Reads the handler's keys. Faults are noted in the section.
    init(_ section: inout ConfigurationSection) {
        let text = section.string("url")
        let isItem = text == Self.placeholder
        url = isItem ? "" : text
        if text.contains(Self.placeholder) {
            if !isItem { section.fault("url", "has \(Self.placeholder) in it, expected it alone, with allow_hosts") }
        } else if !text.isEmpty, let problem = URLCheck.problem(text) {
            section.fault("url", problem)
        }
        hosts = Self.hosts(&section, isItem: isItem)
        method = section.choice("method", of: Self.methods.map { ($0, $0) }, default: "POST") ?? "POST"
        body = section.choice("body", default: .item)
        connectTimeout = section.duration("connect_timeout", default: .seconds(10))
        answerTimeout = section.duration("answer_timeout", default: .seconds(60))
        outputLimit = section.integer("output_limit", in: 0...JobContext.outputLimit, default: JobContext.outputLimit)
        authorities = section.optionalPath("ca_file")
        if let authorities, !authorities.isEmpty, let problem = CertificateFile.problem(authorities) {
            section.fault("ca_file", "is '\(authorities)', \(problem), expected a file of certificates")
        }
        headers = Self.headers(&section, body: body)
        secret = Self.secret(&section)
    }

    /// Reads which hosts an item may lead to.
    private static func hosts(_ section: inout ConfigurationSection, isItem: Bool) -> [String]? {
        guard isItem else {
            if section.has("allow_hosts") {
                section.fault("allow_hosts", "has no meaning beside this url, expected it with url: \"\(placeholder)\"")
            }
            return nil
        }
        let hosts = section.strings(
            "allow_hosts", expected: "a list such as [example.org, \"*.example.com\", 10.0.0.0/8]")
        var rules = HostRules()
        for host in hosts where !rules.add(host) {
            section.fault(
                "allow_hosts",
                "has '\(host.abbreviated)' in it, expected names of hosts, *.NAME for all below one, addresses or networks"
            )
        }
        return hosts
    }

    private static func headers(
        _ section: inout ConfigurationSection, body: Body
    ) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        if let node = section.optionalNode("headers") {
            if case .map(let entries) = node.value {
                for entry in entries {
                    guard isName(entry.key), !ownHeaders.contains(entry.key.lowercased()) else {
                        section.report.add("'\(entry.key.abbreviated)' can't be set as a header", at: entry.keyOrigin)
                        continue
                    }
                    if let value = value(of: entry, section.report) { headers.append((entry.key, value)) }
                }
            } else {
                section.fault("headers", "is \(node.kind), expected a map such as { Authorization: { file: token } }")
            }
        }
        if !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            let type =
                switch body {
                case .item: "text/plain; charset=utf-8"
                case .json: "application/json"
                }
            headers.append(("Content-Type", type))
        }
        return headers
    }

    /// A header's value: a text, or what is in a file. `nil` after a fault.
    private static func value(of entry: ConfigurationNode.Entry, _ report: ConfigurationSection.Report) -> String? {
        let value: String?
        if let text = entry.node.scalarText {
            value = text
        } else {
            value = SecretFile.read(entry.node, title: "header '\(entry.key)'", report: report)
        }
        guard let value, value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7f }) else { return value }
        report.add("header '\(entry.key)' has control characters in it, expected a line of text", at: entry.node.origin)
        return nil
    }

    private static func secret(_ section: inout ConfigurationSection) -> WebhookSecret? {
        guard let node = section.optionalNode("secret"),
            let text = SecretFile.read(node, title: "secret", report: section.report)
        else { return nil }
        if let secret = WebhookSecret(text) { return secret }
        section.fault("secret", "holds no key, expected whsec_ and 24 to 64 bytes in base64")
        return nil
    }

    /// Whether a text can name a header. Some characters that HTTP allows and nobody uses are left out.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
