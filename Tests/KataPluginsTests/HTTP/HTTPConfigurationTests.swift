import Foundation
import Kata
import KataTestSupport
import Testing

@testable import KataPlugins

@Suite("The configuration of http")
struct HTTPConfigurationTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test(
        "has a URL of http or https, with a port that there is",
        arguments: [
            "http://h", "https://h/", "http://h:1/", "http://h:65535/a?b#c", "https://[::1]:443/x", "http://h:/",
            "http://h/a@b:99999",
        ])
    func url(text: String) {
        #expect(faults([("url", .text(text))]) == [])
    }

    @Test(
        "has no other URL",
        arguments: [
            ("ftp://h/", "is 'ftp://h/', expected an address"), ("http://", "is 'http://', expected an address"),
            ("h", "is 'h', expected an address"), ("http://h:65536/", "whose port is '65536', expected 1 to 65535"),
            ("http://h:0/", "whose port is '0'"), ("http://[::1]:70000/", "whose port is '70000'"),
            ("http://h:99999999999999999999/", "whose port is '99999999999999999999'"),
        ])
    func noURL(text: String, reason: String) {
        let found = faults([("url", .text(text))])
        #expect(found.count == 1 && found[0].hasPrefix("f.yaml:1:6: url ") && found[0].contains(reason), "\(found)")
    }

    @Test(
        "has no user and no password in its URL, and tells neither",
        arguments: [
            "http://user:hush@h/", "https://hush@h", "http://user%3Ahush@h/", "ftp://user:hush@h/", "user:hush@h",
            "http://user:hush@:80/", "http://user:hu sh@h:99999/", "//:hush@h",
        ])
    func password(text: String) {
        let found = faults([("url", .text(text))])
        #expect(found.count == 1 && !found[0].contains("hush"), "\(found)")
        #expect(found.first?.contains("has a user or a password in it") == true)
    }

    @Test("takes its URL from the item, if it is said where that may lead")
    func itemURL() {
        let item = ("url", ConfigurationNode.text("{item}"))
        #expect(faults([item, ("allow_hosts", .list(["example.org", "*.example.com", "10.0.0.0/8", "::1"]))]) == [])
        #expect(faults([item])[0].contains("has no allow_hosts, expected a list such as [example.org"))
        #expect(
            faults([item, ("allow_hosts", .list([]))])[0].contains("allow_hosts is a list, expected a list such as"))
        #expect(
            faults([item, ("allow_hosts", .list(["http://x/"]))])[0].contains("has 'http://x/' in it, expected names"))
        #expect(
            faults([("url", .text("http://{item}/")), ("allow_hosts", .list(["x.example"]))]).contains {
                $0.contains("url has {item} in it, expected it alone, with allow_hosts")
            })
        #expect(
            faults([("url", .text("http://h/")), ("allow_hosts", .list(["x.example"]))])[0].contains(
                "allow_hosts has no meaning beside this url"))
    }

    @Test("tells no secret that stands where it should not")
    func secrets() throws {
        try directory.write("hush", to: "secret")
        let keys: [(String, ConfigurationNode)] = [
            ("secret", .text("whsec_hush")), ("secret", .list(["hush"])),
            ("secret", .map(["file": .text("whsec_hush")])),
            ("secret", .map(["whsec_hush": .text("")])), ("secret", .map(["file": .text(directory.path("secret"))])),
            ("headers", .text("Authorization: hush")), ("headers", .map(["A": .list(["hush"])])),
            ("headers", .map(["A": .text("hush\n")])), ("headers", .map(["A": .map(["hush": .text("x")])])),
        ]
        for (key, node) in keys {
            let found = faults([("url", .text("http://h/")), (key, node)])
            #expect(found.count == 1 && !found[0].contains("hush"), "\(found)")
        }
    }

    @Test("reads a secret without its line break", arguments: ["", "\n", "\r\n"])
    func lineBreak(end: String) throws {
        try directory.write("Bearer x\(end)", to: "token")
        let report = ConfigurationSection.Report()
        let text = SecretFile.read(
            .map(["file": .text(directory.path("token"))]), title: "header 'A'", report: report)
        #expect(text == "Bearer x" && report.faults == [])
    }

    @Test("waits for no pipe in the place of a secret")
    func pipe() throws {
        try #require(mkfifo(directory.path("pipe"), 0o600) == 0)
        let found = faults([
            ("url", .text("http://h/")), ("secret", .map(["file": .text(directory.path("pipe"))])),
            ("ca_file", .text(directory.path("pipe"))),
        ])
        #expect(
            found.count == 2
                && found.contains { $0.hasSuffix("which is no regular file, expected a file of certificates") })
    }

    @Test(
        "has certificates in the file that is named",
        arguments: [
            (nil, "which can't be read (No such file or directory)"), ("", "which holds no certificate in PEM"),
            ("hello\n", "which holds no certificate in PEM"),
            ("\(begin)\nMAMCAQE=\n", "whose last certificate has no end"),
            ("\(begin)\nno!\n\(end)\n", "whose certificate 1 is damaged"),
            ("\(begin)\nMAMCAQE=\n\(end)\n\(begin)\nAAAA\n\(end)\n", "whose certificate 2 is damaged"),
            ("\(begin)\n\(end)\n", "whose certificate 1 is damaged"),
        ] as [(String?, String)])
    func noCertificates(text: String?, reason: String) throws {
        let path = directory.path("ca.pem")
        if let text { try directory.write(text, to: "ca.pem") }
        #expect(
            faults([("url", .text("http://h/")), ("ca_file", .text(path))]) == [
                "f.yaml:2:10: ca_file is '\(path)', \(reason), expected a file of certificates"
            ])
    }

    @Test("takes certificates with text around them, and lines as on Windows", arguments: ["\n", "\r\n"])
    func certificates(lineEnd: String) throws {
        let lines = ["# An authority", begin, "MAMC", "AQE=", end, "", begin, "MAMCAQE=", end, "the end"]
        try directory.write(lines.joined(separator: lineEnd), to: "ca.pem")
        #expect(faults([("url", .text("http://h/")), ("ca_file", .text(directory.path("ca.pem")))]) == [])
    }

    private func faults(_ keys: [(String, ConfigurationNode)]) -> [String] {
        let report = ConfigurationSection.Report()
        let node = ConfigurationNode.map(keys.map { (key: $0.0, node: $0.1) })
        var section = ConfigurationSection(node, title: "the consumer", report: report)
        _ = HTTPConfiguration(&section)
        section.finish()
        return report.faults.map(\.description)
    }
}

private let begin = "-----BEGIN CERTIFICATE-----"
private let end = "-----END CERTIFICATE-----"
