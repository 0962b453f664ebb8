import Kata
import Testing

@testable import KataPlugins

@Suite("The cursor of a schedule")
struct ScheduleCursorTests {
    @Test("is read as it was written")
    func roundTrip() {
        var cursor = ScheduleCursor(.start)
        #expect(cursor.text == "")
        var times: [String: Int64] = ["nightly": 1_769_904_000_500, "a b": 0, "Früh|'\"": -1, "0": .max, ",": .min]
        // The first joins the separator before it to one character, the second the one behind it.
        times["\u{301}a"] = 1
        times["b\u{600}"] = 2
        for (name, milliseconds) in times { cursor[name] = Timestamp(milliseconds: milliseconds) }
        let copy = ScheduleCursor(.at(cursor: cursor.text))
        for (name, milliseconds) in times { #expect(copy[name] == Timestamp(milliseconds: milliseconds)) }
        #expect(copy.text == cursor.text)
        #expect(copy["other"] == nil)
    }

    @Test("is in order of the names, so that the same times are the same text")
    func order() {
        var cursor = ScheduleCursor(.start)
        for name in ["b", "a", "c"] { cursor[name] = Timestamp(milliseconds: 5) }
        #expect(cursor.text == "a=5;b=5;c=5")
        cursor.keepOnly(["c", "a", "d"])
        #expect(cursor.text == "a=5;c=5")
    }

    @Test("knows nothing of what it did not write", arguments: ["x", "a=", "=5", "a=x", "a=1=2", ";", "a=1.5"])
    func foreign(text: String) {
        #expect(ScheduleCursor(.at(cursor: text)).text == "")
        #expect(ScheduleCursor(.exhausted).text == "")
    }
}
