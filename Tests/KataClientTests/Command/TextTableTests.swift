import Kata
import Testing

@testable import kata_ctl

@Suite("A table")
struct TextTableTests {
    private var table: TextTable {
        var table = TextTable([("NAME", .left), ("N", .right), ("ITEM", .left)], indent: 2)
        table.add(["日本", "7", "a long item of many words"])
        table.add(["b", "1234", ""])
        return table
    }

    @Test("has columns as wide as a terminal shows their widest cell")
    func wide() {
        #expect(
            table.lines(width: nil) == [
                "  NAME     N  ITEM", "  日本     7  a long item of many words", "  b     1234",
            ])
    }

    @Test("is cut at the width of a terminal, and only there")
    func cut() {
        #expect(table.lines(width: 20) == ["  NAME     N  ITEM", "  日本     7  a lon…", "  b     1234"])
    }

    @Test("knows where its last column begins")
    func lastColumn() {
        #expect(table.lastColumnStart == 14)
        var other = table
        other.setLastCell(of: 1, to: "x")
        #expect(other.lines(width: nil)[2] == "  b     1234  x")
    }
}
