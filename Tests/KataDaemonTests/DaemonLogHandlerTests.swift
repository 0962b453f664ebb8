import Kata
import Logging
import Testing

@testable import KataDaemon

@Suite("A log entry")
struct DaemonLogHandlerTests {
    private let writer: LogWriter

    init() throws {
        writer = try LogWriter(to: DescriptorSink(descriptor: -1)) { "\($0) dropped\n" }
    }
    private let time = Timestamp(milliseconds: 0)

    @Test("has what the metadata provider gives, which the logger and the entry go before")
    func provider() {
        let provider = Logger.MetadataProvider { ["trace": "4bf92f", "pipeline": "provider", "job": "provider"] }
        var handler = DaemonLogHandler(
            format: .plain, writer: writer, threshold: .init(.info), metadataProvider: provider)
        handler[metadataKey: "pipeline"] = "mail"
        handler[metadataKey: "job"] = "logger"
        #expect(
            handler.entry(for: event(["job": "7"]), at: time)
                == "1970-01-01T00:00:00.000Z info     done job=7 pipeline=mail trace=4bf92f\n")
    }

    @Test("is one line for the journal, whatever it quotes")
    func journal() {
        let handler = DaemonLogHandler(format: .journalLine, writer: writer, threshold: .init(.info))
        #expect(handler.entry(for: event(["item": "a\nb \"c\""]), at: time) == "<6>done item=\"a\\u{a}b \\\"c\\\"\"\n")
    }

    @Test("has fields for the journal, with a line for people as the message")
    func fields() {
        var handler = DaemonLogHandler(
            format: .journalFields(program: "katad"), writer: writer, threshold: .init(.info))
        handler[metadataKey: "pipeline"] = "mail"
        #expect(
            handler.entry(for: event(["item": "a\nb", "trace-id": "7"]), at: time) == """
                PRIORITY=6
                SYSLOG_IDENTIFIER=katad
                KATA_ITEM=a\\u{a}b
                KATA_PIPELINE=mail
                KATA_TRACE_ID=7
                MESSAGE=done item=a\\u{a}b pipeline=mail trace-id=7

                """)
    }

    @Test(
        "has no field with a name that the journal refuses",
        arguments: ["ä", String(repeating: "x", count: 100), "a=b\nc"])
    func fieldNames(key: String) {
        let handler = DaemonLogHandler(
            format: .journalFields(program: "katad"), writer: writer, threshold: .init(.info))
        for line in handler.entry(for: event([key: "1"]), at: time).split(separator: "\n") {
            let name = line.prefix { $0 != "=" }
            #expect((1...64).contains(name.utf8.count))
            #expect(name.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" }, "\(name)")
        }
    }

    @Test("is of bounded length, whatever is logged")
    func length() {
        let handler = DaemonLogHandler(format: .plain, writer: writer, threshold: .init(.info))
        for text in [String(repeating: "x", count: 1 << 20), "a" + String(repeating: "\u{301}", count: 1 << 20)] {
            #expect(handler.entry(for: event(["item": "\(text)"]), at: time).utf8.count < 20_000)
        }
    }

    @Test("quotes what is to be quoted, were there an accent on it")
    func accents() {
        let handler = DaemonLogHandler(format: .journalLine, writer: writer, threshold: .init(.info))
        #expect(
            handler.entry(for: event(["item": "a\"\u{301} b=\u{301}"]), at: time)
                == "<6>done item=\"a\\\"\u{301} b=\u{301}\"\n")
    }

    private func event(_ metadata: Logger.Metadata) -> LogEvent {
        LogEvent(
            level: .info, message: "done", metadata: metadata, source: "test", file: #fileID, function: #function,
            line: #line)
    }
}
