import Glibc
import Testing

@testable import Kata

@Suite("A configuration section")
struct ConfigurationSectionTests {
    @Test("reads whole numbers within their range", arguments: [("1", 1), ("50", 50), ("100", 100), ("+7", 7)])
    func integer(text: String, number: Int) {
        let (value, faults) = read(.map(["size": .text(text)])) { $0.integer("size", in: 1...100) }
        #expect(value == number)
        #expect(faults.isEmpty)
    }

    @Test(
        "names a whole number that is out of range or none",
        arguments: ["0", "-1", "101", "ten", "1.5", "1e2", "", " 5", "0x10", "99999999999999999999", "1_0", "٣", "5 "]
    )
    func badInteger(text: String) {
        let (value, faults) = read(.map(["size": .text(text)])) { $0.integer("size", in: 1...100) }
        let found = text.isEmpty ? "nothing" : "'\(text)'"
        #expect(faults == ["f.yaml:1:7: size is \(found), expected a whole number from 1 to 100"])
        #expect((1...100).contains(value), "reading goes on with a usable value")
    }

    @Test(
        "refuses a whole number with a zero before it, which is another number elsewhere",
        arguments: ["007", "010", "00"])
    func leadingZero(text: String) {
        let (_, faults) = read(.map(["size": .text(text)])) { $0.integer("size", in: 0...100) }
        #expect(
            faults == ["f.yaml:1:7: size is '\(text)', expected a whole number from 0 to 100, with no zero before it"])
        let size = read(.map(["size": .text(text)])) { $0.optionalSize("size") }
        #expect(size.faults == ["f.yaml:1:7: size is '\(text)', expected a size in bytes such as 512K, 64M or 1G"])
        #expect(read(.map(["size": .text("0")])) { $0.integer("size", in: 0...100) } == (0, []))
    }

    @Test(
        "reads sizes in bytes, and in powers of 1024 with one letter or three",
        arguments: [
            ("1", 1), ("512K", 512 << 10), ("64KiB", 64 << 10), ("3M", 3 << 20), ("3MiB", 3 << 20), ("1GiB", 1 << 30),
        ])
    func size(text: String, bytes: UInt64) {
        #expect(read(.map(["size": .text(text)])) { $0.optionalSize("size") } == (bytes, []))
        for wrong in ["5iB", "5kB", "5KB", "iB", "KiB", "5 KiB", "5KiBiB"] {
            #expect(read(.map(["size": .text(wrong)])) { $0.optionalSize("size") }.faults.count == 1, "\(wrong)")
        }
    }

    @Test("reads paths, with ~/ for the home directory and nothing for a variable")
    func path() throws {
        let home = try #require(getenv("HOME").map { String(cString: $0) })
        #expect(read(.map(["file": .text("a/b")])) { $0.path("file") } == ("a/b", []))
        #expect(read(.map(["file": .text("~/a")])) { $0.path("file") } == (home == "/" ? "/a" : "\(home)/a", []))
        #expect(read(.map(["file": .text("~a/~/b")])) { $0.path("file") } == ("~a/~/b", []))
        #expect(read(.map([:])) { $0.path("file", default: "$x") } == ("$x", []))
        #expect(read(.map([:])) { $0.optionalPath("file") } == (nil, []))
        for text in ["$HOME/a", "/a/${B}", "/a$"] {
            let refused = read(.map(["file": .text(text)])) { $0.optionalPath("file") }
            #expect(
                refused.faults == [
                    "f.yaml:1:7: file is '\(text)', and no variable is put in the place of a $; expected the path itself, or ~/"
                ])
        }
    }

    @Test("reads texts of several lines, but no other control characters")
    func lines() {
        #expect(read(.map(["command": .quoted("a\n\tb\r\n")])) { $0.lines("command") } == ("a\n\tb\r\n", []))
        let refused = read(.map(["command": .quoted("a\u{1b}b")])) { $0.lines("command") }
        #expect(refused.faults == ["f.yaml:1:10: command is the text \"a\\u{1b}b\", expected a text"])
    }

    @Test("reads no list with a NUL, be it with an accent")
    func accentedNUL() {
        let (value, faults) = read(.map(["command": .list(["a\u{0}\u{301}"])])) { $0.strings("command") }
        #expect(value == [] && faults.count == 1)
    }

    @Test("names only the lower end of a range that has no other")
    func openRange() {
        let (_, faults) = read(.map(["size": .text("-1")])) { $0.integer("size", in: 0 ... .max) }
        #expect(faults == ["f.yaml:1:7: size is '-1', expected a whole number from 0"])
    }

    @Test("reads durations")
    func duration() {
        let (value, faults) = read(.map(["interval": .text("1.5s")])) { $0.duration("interval") }
        #expect(value == .milliseconds(1_500))
        #expect(faults.isEmpty)
        let bad = read(.map(["interval": .text("10 ms")])) { $0.duration("interval") }
        #expect(
            bad.faults == [
                "f.yaml:1:11: interval is '10 ms', expected a duration of at most 365d, such as 10ms, 1.5s, 2m or 1h"
            ])
    }

    @Test("reads texts, but no empty ones")
    func string() {
        #expect(read(.map(["plugin": .text("range")])) { $0.string("plugin") } == ("range", []))
        let empty = read(.map(["plugin": .text("")])) { $0.string("plugin") }
        #expect(empty.faults == ["f.yaml:1:9: plugin is nothing, expected a text"])
    }

    @Test("reads texts that may be missing, but not empty ones")
    func optionalString() {
        #expect(read(.map(["export": .text("out")])) { $0.optionalString("export") } == ("out", []))
        #expect(read(.map([:])) { $0.optionalString("export") } == (nil, []))
        let empty = read(.map(["export": .text("")])) { $0.optionalString("export") }
        #expect(empty.faults == ["f.yaml:1:9: export is nothing, expected a text"])
    }

    @Test("reads one of several words")
    func choice() {
        let words = [("debug", 1), ("info", 2)]
        #expect(read(.map(["level": .text("info")])) { $0.choice("level", of: words) } == (2, []))
        #expect(read(.map([:])) { $0.choice("level", of: words, default: 1) } == (1, []))
        let bad = read(.map(["level": .text("Info")])) { $0.choice("level", of: words) }
        #expect(bad.faults == ["f.yaml:1:8: level is 'Info', expected one of debug, info"])
    }

    @Test("uses the default of a missing key, and asks for one that has none")
    func missing() {
        let values = read(.map([:])) { section in
            [section.integer("size", in: 1...9, default: 4), section.integer("other", in: 1...9)]
        }
        #expect(values.value == [4, 1])
        #expect(values.faults == ["f.yaml:1:1: the section has no other, expected a whole number from 1 to 9"])
        let duration = read(.map([:])) { $0.duration("interval") }
        #expect(
            duration.faults == [
                "f.yaml:1:1: the section has no interval, expected a duration of at most 365d, such as 10ms, 1.5s, 2m or 1h"
            ])
        let text = read(.map([:])) { $0.string("plugin") }
        #expect(text.faults == ["f.yaml:1:1: the section has no plugin, expected a text"])
        let node = read(.map([:])) { $0.node("producer", expected: "a map") }
        #expect(node.faults == ["f.yaml:1:1: the section has no producer, expected a map"])
    }

    @Test(
        "says what stands in place of a value",
        arguments: [
            (ConfigurationNode.list(["1"]), "a list"), (.quoted("5"), #"the text "5""#),
            (.map(["a": .text("1")]), "a map"), (.text(""), "nothing"),
            (.text(String(repeating: "9", count: 60)), "'" + String(repeating: "9", count: 40) + "…'"),
        ])
    func wrongType(node: ConfigurationNode, summary: String) {
        let (_, faults) = read(.map(["size": node])) { $0.integer("size", in: 1...9) }
        #expect(faults == ["f.yaml:1:7: size is \(summary), expected a whole number from 1 to 9"])
    }

    @Test(
        "has to be a map",
        arguments: [
            (ConfigurationNode.text("x"), "'x'"), (.list([]), "a list"), (.text(""), "nothing"),
            (.quoted("x"), #"the text "x""#),
        ])
    func noMap(node: ConfigurationNode, summary: String) {
        let (_, faults) = read(node) { _ in }
        #expect(faults == ["f.yaml:1:1: the section is \(summary), expected a map of keys and values"])
    }

    @Test("takes what is in quotes for a text, and for nothing but a text")
    func quotes() {
        let node = ConfigurationNode.map([
            "a": .quoted("1"), "b": .quoted("10ms"), "c": .quoted("info"), "d": .quoted("1"),
        ])
        let texts = read(node) { section in
            [
                section.string("a"), section.optionalString("b"), section.choice("c", of: [("info", "2")]),
                section.string("d"),
            ]
        }
        #expect(texts.value == ["1", "10ms", "2", "1"])
        #expect(texts.faults.isEmpty)
        let duration = read(.map(["b": .quoted("10ms")])) { $0.duration("b") }
        #expect(duration.value == .milliseconds(10))
        let empty = read(.map(["a": .quoted("")])) { $0.string("a") }
        #expect(empty.faults == [#"f.yaml:1:4: a is the text "", expected a text"#])
    }

    @Test("knows where its keys stand")
    func origins() {
        let node = ConfigurationNode.map(line: 3, ["size": .text("1"), "name": .text("x")])
        let origins = read(node) { section in
            _ = [section.has("size"), section.has("name")]
            return [section.origin(of: "name"), section.origin(of: "missing")].map(\.description)
        }
        #expect(origins.value == ["f.yaml:4:7", "f.yaml:3:1"])
        let fault = read(node) { section in
            _ = [section.has("size"), section.has("name")]
            section.fault("name", "is taken")
        }
        #expect(fault.faults == ["f.yaml:4:7: name is taken"])
    }
}
