import Kata
import Testing

@testable import KataHTTP

@Suite("What kata-http is told")
struct HTTPSettingsTests {
    @Test("is read")
    func read() throws {
        let (settings, faults) = read(
            """
            {"url":"http://localhost/","method":"PUT","body":"json","headers":{"X-A":"","X-a":"1"},\
            "connect_timeout":"1500ms","answer_timeout":"0ms","output_limit":7,\
            "signing_key":"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw","ca_file":"/ca.pem"}
            """)
        #expect(faults == [])
        #expect(settings.url == "http://localhost/" && settings.method == "PUT" && settings.body == .json)
        #expect(settings.headers.map(\.name) == ["X-A", "X-a"] && settings.headers.map(\.value) == ["", "1"])
        #expect(settings.connectTimeout == .milliseconds(1_500) && settings.answerTimeout == .zero)
        #expect(settings.outputLimit == 7 && settings.signature != nil && settings.authorities == "/ca.pem")
    }

    @Test("has faults that don't tell secrets")
    func secrets() throws {
        let (_, faults) = read(
            """
            {"url":"http://localhost/","method":"PUT","body":"item","headers":{"A":["hush"]},\
            "connect_timeout":"1s","answer_timeout":"1s","output_limit":7,"signing_key":"hush!"}
            """)
        #expect(faults.count == 2 && faults.allSatisfy { !$0.contains("hush") })
    }

    private func read(_ text: String) -> (settings: HTTPSettings, faults: [String]) {
        let report = ConfigurationSection.Report()
        let node = Array(text.utf8).withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            return try? ConfigurationNode(json: &scanner, origin: .setting("config"))
        }
        var section = ConfigurationSection(
            node ?? ConfigurationNode(.map([]), origin: .setting("config")), title: "config", report: report)
        let settings = HTTPSettings(&section)
        section.finish()
        return (settings, report.faults.map(\.message))
    }
}
