import Kata
import KataTestSupport
import Testing

@testable import KataHTTP

@Suite("An item that is a URL")
struct ItemURLTests {
    @Test(
        "is put together from what was read of it",
        arguments: [
            ("http://example.org", "example.org", 80, "http://example.org/"),
            ("HTTPS://Example.ORG:8443/A?b=C#d", "example.org", 8_443, "https://example.org:8443/A?b=C"),
            ("https://a-b.c_d.example?x", "a-b.c_d.example", 443, "https://a-b.c_d.example/?x"),
            ("http://192.0.2.1/", "192.0.2.1", 80, "http://192.0.2.1/"),
            ("http://[2001:DB8::1]:81/x", "2001:db8::1", 81, "http://[2001:db8::1]:81/x"),
        ])
    func read(item: String, host: String, port: Int, text: String) throws {
        let url = try ItemURL(item)
        #expect(url.host == host && url.port == port && url.text == text)
        #expect(text.hasPrefix(url.origin) && !url.origin.dropFirst(8).contains("/"))
    }

    @Test(
        "is refused if it is anything else, and not quoted",
        arguments: [
            "", "x", "http:", "http://", "http:///", "ftp://h.example/", "file:///etc/passwd", "//h.example/",
            "http://user@h.example/",
            "http://user:hush@h.example/", "http://h.example:0/", "http://h.example:65536/", "http://h.example:x/",
            "http://h.example:/", "http://h.example:99999999999/", "http://h.example\\@evil.example/",
            "http://h.example /",
            " http://h.example/", "http://h.example/\n", "http://h\u{e9}.example/", "http://h.example/\u{0}",
            "http://h%2eexample/",
            "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://[::1",
            "http://[::1]x/",
            "http://[h]/", "http://[127.0.0.1]/", "http://.example/", "http://example./", "http://[fe80::1%25eth0]/",
        ])
    func refused(item: String) throws {
        let fault = #expect(throws: ItemURL.Fault.self) { try ItemURL(item) }
        #expect(fault?.description.contains("hush") == false)
    }

    @Test("may be too long")
    func long() {
        #expect(throws: ItemURL.Fault.self) { try ItemURL("http://h.example/" + String(repeating: "x", count: 10_000)) }
    }

    @Test("leads to nothing but what the rules allow, whatever it is made of", arguments: 1...4)
    func random(seed: UInt64) async throws {
        var rules = HostRules()
        let isAdded = rules.add("good.example")
        #expect(isAdded)
        let mutations = Mutations(
            seed: seed,
            corpus: ["http://good.example/", "https://good.example:443/a?b#c", "http://good.example@evil.example/"],
            words: [
                "good.example", "evil.example", "@", "\\", "//", "%40", "%2f", "[", "]", "127.0.0.1", "localhost",
                "http://",
            ])
        for number in 0..<2_000 {
            let item = String(decoding: mutations.input(number), as: UTF8.self)
            guard let url = try? ItemURL(item), rules.allow(host: url.host) else { continue }
            #expect(url.host == "good.example" && url.text.hasPrefix("http"), "\(item)")
            #expect(url.text.drop { $0 != "/" }.dropFirst(2).hasPrefix("good.example"), "\(item)")
        }
    }
}

@Suite("Where a job's item leads to")
struct RequestTargetTests {
    @Test("is an address that is allowed, and the one that is connected to")
    func allowed() async throws {
        let target = try await RequestTarget(item: job("http://127.0.0.1:81/x?secret"), rules("127.0.0.0/8"))
        #expect(target.url == "http://127.0.0.1:81/x?secret" && target.name == "http://127.0.0.1:81")
        #expect(target.address?.host == "127.0.0.1" && target.address?.address == InternetAddress("127.0.0.1"))
        let local = try await RequestTarget(item: job("http://localhost/"), rules("localhost", "127.0.0.1", "::1"))
        #expect(local.address?.host == "localhost" && local.address?.address.isPublic == false)
    }

    @Test(
        "is refused for good if no rule allows it",
        arguments: [
            ("http://other.example/", "allow_hosts has no other.example"),
            ("http://10.0.0.1/", "allow_hosts has no 10.0.0.1"),
            // Its name is allowed, and its address is not.
            ("http://localhost/", "which is not public, and allow_hosts does not list it"),
            ("hush", "the item is no URL that begins with http:// or https://"),
        ])
    func refused(item: String, reason: String) async {
        let failure = await #expect(throws: JobFailure.self) {
            try await RequestTarget(item: job(item), rules("good.example", "localhost"))
        }
        #expect(failure?.retry == .never && failure?.reason.contains(reason) == true, "\(failure?.reason ?? "")")
    }

    private func job(_ item: String) -> Job { Job(id: 1, runID: 1, item: item) }

    private func rules(_ texts: String...) -> HostRules {
        var rules = HostRules()
        for text in texts {
            let isAdded = rules.add(text)
            #expect(isAdded, "\(text)")
        }
        return rules
    }
}
