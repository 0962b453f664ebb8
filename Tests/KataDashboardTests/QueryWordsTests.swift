import Testing

@testable import KataDashboard

@Suite("The words of a search")
struct QueryWordsTests {
    @Test(
        "are names with values, and parts of items",
        arguments: [
            ("", []), ("  \t", []), ("state:failed", ["state=failed"]),
            (
                "state:failed pipeline:mail error:\"timed out\" key:k1 since:1h",
                ["state=failed", "pipeline=mail", "error=timed out", "key=k1", "since=1h"]
            ),
            ("alice", ["item=alice"]), ("\"two words\"", ["item=two words"]),
            ("http://example.org", ["item=http://example.org"]),
            ("State:failed", ["item=State:failed"]), ("item:a:b", ["item=a:b"]), ("error:", ["error="]),
            ("error:\"never closed", ["error=never closed"]), ("e\"r\"ror:x", ["error=x"]),
            ("é\u{301} b", ["item=é\u{301}", "item=b"]),
        ] as [(String, [String])])
    func fields(text: String, expected: [String]) {
        #expect(QueryWords(text).fields.map { "\($0.name)=\($0.value)" } == expected)
    }

    @Test("make the address of a list")
    func path() {
        #expect(JobsView().path == "/ui/jobs")
        #expect(
            JobsView(query: "error:\"a&b=c#d\" é+%", state: "failed", before: 7).path
                == "/ui/jobs?state=failed&q=error:%22a%26b%3Dc%23d%22%20%C3%A9%2B%25&before=7")
    }
}
