import Kata
import Logging
import Testing

@testable import KataDaemon

@Suite("A log entry")
struct StandardErrorLogHandlerTests {
    private let writer: LogWriter

    init() throws {
        writer = try LogWriter(to: -1) { "\($0) dropped\n" }
    }
    private let time = Timestamp(milliseconds: 0)

    @Test("has what the metadata provider gives, which the logger and the entry go before")
    func provider() {
        let provider = Logger.MetadataProvider { ["trace": "4bf92f", "pipeline": "provider", "job": "provider"] }
        var handler = StandardErrorLogHandler(
            format: .plain, writer: writer, threshold: .init(.info), metadataProvider: provider)
        handler[metadataKey: "pipeline"] = "mail"
        handler[metadataKey: "job"] = "logger"
        #expect(
            handler.line(for: event(["job": "7"]), at: time)
                == "1970-01-01T00:00:00.000Z info     done job=7 pipeline=mail trace=4bf92f\n")
    }

    @Test("is one line for the journal, whatever it quotes")
    func journal() {
        let handler = StandardErrorLogHandler(format: .journal, writer: writer, threshold: .init(.info))
        #expect(handler.line(for: event(["item": "a\nb \"c\""]), at: time) == "<6>done item=\"a\\u{a}b \\\"c\\\"\"\n")
    }

    @Test("is of bounded length, whatever is logged")
    func length() {
        let handler = StandardErrorLogHandler(format: .plain, writer: writer, threshold: .init(.info))
        for text in [String(repeating: "x", count: 1 << 20), "a" + String(repeating: "\u{301}", count: 1 << 20)] {
            #expect(handler.line(for: event(["item": "\(text)"]), at: time).utf8.count < 20_000)
        }
    }

    @Test("quotes what is to be quoted, were there an accent on it")
    func accents() {
        let handler = StandardErrorLogHandler(format: .journal, writer: writer, threshold: .init(.info))
        #expect(
            handler.line(for: event(["item": "a\"\u{301} b=\u{301}"]), at: time)
                == "<6>done item=\"a\\\"\u{301} b=\u{301}\"\n")
    }

    private func event(_ metadata: Logger.Metadata) -> LogEvent {
        LogEvent(
            level: .info, message: "done", metadata: metadata, source: "test", file: #fileID, function: #function,
            line: #line)
    }
}
