import Testing

@testable import Kata

@Suite("On a terminal a text")
struct ColumnsTests {
    @Test(
        "takes as many columns as its characters are drawn with",
        arguments: [
            ("", 0), ("a b", 3), ("é", 1), ("e\u{301}", 1), ("日本語", 6), ("한국어", 6), ("ｆｕｌｌ", 8), ("ﾊﾝ", 2),
            ("“…”—–", 5), ("Ωß", 2), ("👍", 2), ("👍🏽", 2), ("👩‍👩‍👧", 2), ("🇨🇭", 2), ("❤", 1), ("❤\u{fe0f}", 2),
            ("1\u{fe0f}\u{20e3}", 2),
            ("\u{1112}\u{1161}\u{11ab}", 2), ("a\u{200b}b", 2), ("\u{301}", 0), ("▇█░", 3), ("　", 2),
        ])
    func columns(text: String, columns: Int) {
        #expect(text.columns == columns)
    }

    @Test(
        "is cut where there is no more room, and says so",
        arguments: [
            ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("abcd", 1, "…"), ("abcd", 0, ""), ("", 0, ""), ("日本", 4, "日本"),
            ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("日本語", 2, "…"),
            ("é\u{301}e\u{301}e\u{301}", 3, "é\u{301}e\u{301}e\u{301}"),
            ("a👩‍👩‍👧b", 4, "a👩‍👩‍👧b"), ("a👩‍👩‍👧bc", 4, "a👩‍👩‍👧…"), ("a👩‍👩‍👧b", 3, "a…"),
        ])
    func cut(text: String, limit: Int, expected: String) {
        #expect(text.cut(toColumns: limit) == expected)
        #expect(text.cut(toColumns: limit).columns <= limit)
    }

    @Test("counts something in the singular if there is one", arguments: [(0, "0 jobs"), (1, "1 job"), (2, "2 jobs")])
    func plural(number: Int, text: String) {
        #expect(counted(number, "job") == text)
    }
}
