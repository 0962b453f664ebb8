import Testing

@testable import Kata

@Suite("The JSON scanner's compact text")
struct JSONScannerValueTests {
    @Test(
        "is the text of a value as it was written",
        arguments: [
            "null", "true", "false", "0", "-0", "7", "-12", "1.0", "1.50", "-0.0", "1e3", "1E+3", "1e-03", "0.1e0",
            "123456789012345678901234567890", "1e99999", "3.141592653589793238462643383279", "\"\"", "\"text\"",
            "\"a b\"", "\" \\t\\n \"", "\"\\u00e9\"", "\"é\"", "\"\\/\"", "\"/\"", "\"👩‍👩‍👧‍👦\"", "\"\u{7f}\"", "[]", "{}",
            "[[]]", "[{}]",
            "{\"a\":{}}", "[1,2,3]", "[1,\"a\",null,true,[],{}]", "{\"b\":1,\"a\":2}", "{\"a\":1,\"a\":2}",
            "{\"\":\"\"}",
            "{\"a\":[{\"b\":[{}]}]}",
        ])
    func kept(text: String) throws {
        try #expect(JSONText(text).compact() == text)
    }

    @Test(
        "has no white space between the parts, and all that is within strings",
        arguments: [
            (" 1 ", "1"), ("\t\r\n null\n", "null"), ("[ 1 , 2 ]", "[1,2]"), ("[ ]", "[]"), ("{ }", "{}"),
            ("[\n\t]", "[]"),
            ("{ \"a b\" : [ 1 , \" c \" ] , \"d\" : { } }", "{\"a b\":[1,\" c \"],\"d\":{}}"),
            ("[[ ],[ [ ] ] ]", "[[],[[]]]"), ("\r\n{\r\n\"a\":\r\n1\r\n}\r\n", "{\"a\":1}"),
        ])
    func compact(text: String, compact: String) throws {
        try #expect(JSONText(text).compact() == compact)
    }

    @Test("ends behind its value")
    func ends() throws {
        let text: JSONText = "[1] 2,"
        try text.scan { scanner in
            try #expect(scanner.compactText() == "[1]")
            #expect(scanner.offset == 3)
            try #expect(scanner.compactText() == "2")
            #expect(scanner.peek() == UInt8(ascii: ","))
            #expect(scanner.offset == 5)
        }
    }

    @Test(
        "is refused if it is no JSON",
        arguments: [
            "", " ", "nul", "nulll", "Null", "NULL", "undefined", "NaN", "Infinity", "-Infinity", "tru", "yes",
            "-", "+1", "01", "-01", "00", "1.", ".5", "1.e3", "1e", "1e+", "1e1.5", "1..2", "--1", "1-", "0x10",
            "1_000",
            "1,", ",1", "1 2", "[1 2]", "[", "]", "{", "}", "[}", "{]", "[1,]", "[,1]", "[,]", "[1,,2]", "[1}",
            "{\"a\":1]",
            "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\" 1}", "{\"a\"::1}", "{a:1}", "{1:1}", "{'a':1}", "'a'",
            "{\"a\":1 \"b\":2}", "{\"a\":1;\"b\":2}", "[1]]", "{}}", "{}{}", "[[1]", "// a\n1", "/* */1", "\u{a0}1",
            "\u{feff}1",
            "\u{2028}1", "\u{b}1", "\u{c}1", "\u{0}1", "1\u{0}", "\"a", "a\"", "\"", "{\"a", "{\"a\":\"b", "[\"a]", "٣",
        ])
    func refused(text: String) {
        #expect(JSONText(text).fault() != nil)
    }

    @Test("says what is there, what was expected, and where")
    func faults() {
        let faults: [(JSONText, String, Int)] = [
            ("", "the text ends too early, expected a value", 0),
            ("[1, ?]", "there is '?', expected a value", 4),
            ("[1, maybe]", "there is 'maybe', expected a value", 4),
            ("[1 2]", "there is '2', expected ',' or ']'", 3),
            ("{\"a\": 1", "the text ends too early, expected ',' or '}'", 7),
            ("{a: 1}", "there is 'a', expected a key in quotes", 1),
            ("{\"a\" 1}", "there is '1', expected ':'", 5),
            (JSONText(bytes: [0x5b, 0xff]), "there is byte 255, expected a value", 1),
            ("\"abc", "a string has no end, expected '\"'", 4),
            ("[\"a\nb\"]", "there is a control character in a string, expected an escape such as \\n", 3),
        ]
        for (text, message, offset) in faults {
            #expect(text.fault() == JSONScanner.Fault(message: message, offset: offset), "\(text)")
        }
    }

    @Test("is refused wherever it is cut off, at a place that is in it")
    func truncated() throws {
        let text = JSONText(
            "{ \"a\\u00e9\\\"é\\ud83d\\ude00\" : [ -12.5e+3 , true , [ { } , [ ] , null ] , \"\\\\\" ] , \"👍\" : { \"c\" : false } }"
        )
        _ = try text.compact()
        for length in 0..<text.bytes.count {
            let cut = JSONText(bytes: text.bytes.prefix(length))
            let fault = try #require(cut.fault(), "\(cut)")
            #expect((0...length).contains(fault.offset), "\(cut)")
        }
    }

    @Test("goes 512 levels deep, and no deeper", arguments: ["[", "{\"a\":"], [511, 512, 513, 10_000, 1_000_000])
    func depth(opener: String, depth: Int) {
        let closer = opener == "[" ? "]" : "}"
        let middle = opener == "[" ? "" : "1"
        let text = JSONText(
            String(repeating: opener, count: depth) + middle + String(repeating: closer, count: depth))
        if depth <= 512 {
            #expect(text.fault() == nil)
        } else {
            #expect(
                text.fault()
                    == .init(
                        message: "values are nested too deeply, expected at most 512 levels",
                        offset: 512 * opener.utf8.count
                    ))
        }
    }

    @Test("takes levels that were closed again for none")
    func breadth() throws {
        let text =
            "["
            + Array(repeating: String(repeating: "[", count: 511) + String(repeating: "]", count: 511), count: 100)
            .joined(separator: ",") + "]"
        try #expect(JSONText(text).compact() == text)
    }

    @Test("takes 100,000 fields, and as many elements")
    func width() throws {
        let fields = "{" + (0..<100_000).map { "\"f\($0)\":\($0)" }.joined(separator: ",") + "}"
        try #expect(JSONText(fields).compact() == fields)
        let elements = "[" + (0..<100_000).map(String.init).joined(separator: ",") + "]"
        try #expect(JSONText(elements.replacing(",", with: " ,\n")).compact() == elements)
    }
}
