import Kata
import Logging
import Testing

@testable import KataPlugins

@Suite("The handler http")
struct HTTPHandlerTests {
    @Test("says where its program should be, if that is missing")
    func missingProgram() {
        let faults = faults(program: CompanionProgram("kata-http", beside: "/nowhere/bin"))
        #expect(
            faults == [
                "f.yaml:1:9: plugin is 'http', whose program kata-http is missing, "
                    + "expected it at '/nowhere/bin/kata-http' or '/nowhere/lib/kata/kata-http'"
            ])
    }

    @Test("has no faults where its program is, and does not start it for that")
    func program() {
        // Whatever is executable will do: it would say no hello if it was started.
        #expect(faults(program: CompanionProgram("true", beside: "/usr/bin")) == [])
    }

    @Test("tells its program all that is configured, in defaults as well")
    func config() throws {
        let report = ConfigurationSection.Report()
        var section = ConfigurationSection(
            .map([(key: "url", node: .text("http://localhost/\"")), (key: "answer_timeout", node: .text("1.5s"))]),
            title: "the consumer", report: report)
        let configuration = HTTPConfiguration(&section)
        section.finish()
        try report.throwIfFaulty()
        var json = JSONWriter()
        configuration.config.write(to: &json)
        #expect(
            String(decoding: json.bytes, as: UTF8.self) == #"""
                {"url":"http://localhost/\"","method":"POST","body":"item",\#
                "headers":{"Content-Type":"text/plain; charset=utf-8"},"connect_timeout":"10000ms",\#
                "answer_timeout":"1500ms","output_limit":65536}
                """#)
    }

    private func faults(program: CompanionProgram) -> [String] {
        let report = ConfigurationSection.Report()
        var section = ConfigurationSection(
            .map([(key: "plugin", node: .text("http")), (key: "url", node: .text("http://localhost/"))]),
            title: "the consumer", report: report)
        // The pipeline's part, which has found the handler by it.
        _ = section.has("plugin")
        _ = HTTPHandler(
            configuration: &section, context: PluginContext(logger: Logger(label: "test"), pipeline: "p"),
            program: program)
        section.finish()
        return report.faults.map(\.description)
    }
}
