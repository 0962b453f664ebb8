import Testing

@testable import Kata

@Suite("The hosts that are allowed")
struct HostRulesTests {
    @Test(
        "are named one by one, below a name, or as networks",
        arguments: [
            ("example.org", "example.org", true), ("Example.ORG", "example.org", true),
            ("example.org", "a.example.org", false),
            ("example.org", "badexample.org", false), ("*.example.org", "a.b.example.org", true),
            ("*.example.org", "example.org", false), ("*.example.org", "badexample.org", false),
            ("10.0.0.0/8", "10.1.2.3", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.0.0.0/8", "ten.example", false),
            ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false), ("::1", "::1", true),
            ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe80::1", false), ("10.0.0.0/8", "::ffff:10.0.0.1", true),
        ])
    func hosts(rule: String, host: String, isAllowed: Bool) {
        let rules = HostRules(rule)
        #expect(rules.allow(host: host) == isAllowed)
        #expect(!HostRules().allow(host: host))
    }

    @Test(
        "are no other texts",
        arguments: [
            "", "*", "*.", "*.*.org", ".org", "org.", "http://example.org", "example.org/x", "example.org:80", "a b",
            "10.0.0.0/0",
            "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "127.1", "2130706433", "0x7f.example", "é.example", "[::1]",
            "::1/129",
        ])
    func refused(text: String) {
        var rules = HostRules()
        let isAdded = rules.add(text)
        #expect(!isAdded)
    }

    @Test("may be at any public address, and at others only if these are listed")
    func addresses() throws {
        let rules = HostRules("example.org", "10.0.0.0/8")
        for (text, isAllowed) in [("192.0.3.1", true), ("10.9.9.9", true), ("192.168.0.1", false), ("::1", false)] {
            #expect(try rules.allow(address: #require(InternetAddress(text))) == isAllowed)
        }
    }
}

@Suite("An address of the internet")
struct InternetAddressTests {
    @Test(
        "is public unless it is kept for something else",
        arguments: [
            ("8.8.8.8", true), ("1.1.1.1", true), ("172.15.0.1", true), ("172.32.0.1", true), ("100.128.0.1", true),
            ("223.255.255.255", true), ("2606:4700::1111", true), ("2a00::1", true), ("64:ff9b::808:808", true),
            ("2002:808:808::1", true), ("0.0.0.0", false), ("10.0.0.1", false), ("100.64.0.1", false),
            ("127.0.0.1", false),
            ("169.254.169.254", false), ("172.16.0.1", false), ("172.31.255.255", false), ("192.0.0.1", false),
            ("192.168.1.1", false), ("198.18.0.1", false), ("203.0.113.7", false), ("224.0.0.1", false),
            ("255.255.255.255", false), ("::", false), ("::1", false), ("::ffff:127.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("::7f00:1", false), ("64:ff9b::7f00:1", false), ("2002:7f00:1::", false), ("2001::1", false),
            ("2001:db8::1", false), ("fc00::1", false), ("fe80::1", false), ("fec0::1", false), ("ff02::1", false),
            ("4000::1", false),
        ])
    func isPublic(text: String, isPublic: Bool) throws {
        let address = try #require(InternetAddress(text))
        #expect(address.isPublic == isPublic)
        #expect(InternetAddress(address.description) == address)
    }

    @Test(
        "has one notation",
        arguments: ["", "x", "127.1", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "[::1]", "::1%lo", "1:2"])
    func refused(text: String) {
        #expect(InternetAddress(text) == nil)
    }
}

extension HostRules {
    fileprivate init(_ texts: String...) {
        self.init()
        for text in texts {
            let isAdded = add(text)
            #expect(isAdded, "\(text)")
        }
    }
}
