import Foundation
import KataAPI
import Testing

@testable import kata_ctl

@Suite("kata-ctl logs")
struct OutputLogTests {
    @Test("shows escape sequences and returns as text, but line breaks and tabs as they are")
    func escapes() throws {
        var log = OutputLog(isRaw: false)
        #expect(try text(&log, "a\tb\n\u{1b}[31mred\u{7}\n") == "a\tb\n\\u{1b}[31mred\\u{7}\n")
        #expect(try text(&log, "10 %\r20 %\r\nend\r") == "10 %\\u{d}20 %\nend")
        #expect(try text(&log, "\nmore\r") == "\nmore")
        #expect(String(decoding: log.end(), as: UTF8.self) == "\\u{d}")
    }

    @Test("leaves them as they are where that was asked for")
    func raw() throws {
        var log = OutputLog(isRaw: true)
        #expect(try text(&log, "\u{1b}[31mred\r") == "\u{1b}[31mred\r")
    }

    @Test("says what was left out on a line of its own, and which attempt begins")
    func notes() throws {
        var log = OutputLog(isRaw: false)
        let parts = try [
            #"{"type":"output","attempt":1,"text":"begin"}"#, #"{"type":"omitted","attempt":1,"bytes":7}"#,
            #"{"type":"output","attempt":1,"text":"end\n"}"#, #"{"type":"output","attempt":2,"text":"again\n"}"#,
        ].map { try part($0) }
        #expect(parts.map { log.heading(of: $0) } == [nil, nil, nil, "[attempt 2]"])
        let text = parts.map { String(decoding: log.bytes(of: $0), as: UTF8.self) }.joined()
        #expect(text == "begin\n[7 bytes left out]\nend\nagain\n")
    }

    @Test("makes one document of all parts")
    func document() throws {
        for count in [0, 1, 3] {
            var list = OutputListWriter(id: 7)
            var bytes: [UInt8] = []
            for _ in 0..<count { bytes += try list.add(part(#"{"type":"output","attempt":1,"text":"x"}"#)) }
            bytes += try list.end(part(#"{"type":"end","state":"failed","error":"no"}"#))
            let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
            #expect(object["id"] as? Int == 7 && object["state"] as? String == "failed")
            #expect((object["output"] as? [Any])?.count == count)
        }
    }

    private func text(_ log: inout OutputLog, _ text: String) throws -> String {
        let json = try JSONEncoder().encode(["type": "output", "text": text])
        return String(decoding: log.bytes(of: try JSON.decode(OutputDocument.self, from: json)), as: UTF8.self)
    }

    private func part(_ json: String) throws -> OutputDocument {
        try JSON.decode(OutputDocument.self, from: Data(json.utf8))
    }
}
