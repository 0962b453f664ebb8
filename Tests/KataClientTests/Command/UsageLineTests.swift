import KataCommand
import Testing

@Suite("A usage error")
struct UsageLineTests {
    @Test(
        "is one line with where to read on",
        arguments: [
            (
                "Error: Missing expected argument '<id>'\nHelp:  <id>  The id.\nUsage: kata-ctl explain <id>\n  See 'kata-ctl explain --help' for more information.",
                "Error: Missing expected argument '<id>'; see kata-ctl explain --help"
            ),
            (
                "Error: there is no state 'x\ny'.\nUsage: x\n  See 'kata-ctl jobs --help' for more information.",
                "Error: there is no state 'x y'; see kata-ctl jobs --help"
            ),
            ("Error: did you mean 'x'?\nUsage: y\n  See 'y --help' for more information.", "Error: did you mean 'x'?"),
            ("Error: no", "Error: no"),
        ])
    func line(message: String, line: String) {
        #expect(usageLine(of: message) == line)
    }
}
