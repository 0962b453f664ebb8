import Testing

/// What a server sends, and what a client makes of it.
struct AnswerCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let sent: String
    let outcome: String

    init(_ description: String, _ sent: String, _ outcome: String) {
        testDescription = description
        self.sent = sent
        self.outcome = outcome
    }
}

extension AnswerCase {
    static let head = "HTTP/1.1 200 OK\r\nKata-Version: 1.0\r\n"
    static let document = #"{"changed":3}"#
    private static let chunks = "4\r\n{\"ch\r\n9;x=y\r\nanged\":3}\r\n"
    private static let longText = String(repeating: "x", count: 200_000)

    static let understood: [AnswerCase] = [
        .init("with a length", changed(3), "3"),
        .init("in chunks", head + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n", "3"),
        .init(
            "in chunks, with a trailer", head + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\nA: b\r\n\r\n", "3"
        ),
        .init(
            "with others before it", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\n" + changed(3), "3"
        ),
        .init("in another case", changed(3).replacing("Kata-Version", with: "kata-version"), "3"),
        .init("without words", changed(3).replacing("200 OK", with: "200"), "3"),
    ]

    static let cut: [AnswerCase] = [
        .init("nothing", "", "interrupted"),
        .init("perhaps, because only the connection ends", head + "\r\n" + document, "interrupted"),
        .init("half a status", "HTTP/1.1 20", "interrupted"),
        .init("half a head", head, "interrupted"),
        .init("only a head", head + "Content-Length: 13\r\n\r\n", "interrupted"),
        .init("half a body", String(changed(3).dropLast(1)), "interrupted"),
        .init("half a chunk", head + "Transfer-Encoding: chunked\r\n\r\n4\r\n{\"c", "interrupted"),
        .init("no last chunk", head + "Transfer-Encoding: chunked\r\n\r\n" + chunks, "interrupted"),
        .init("only one before it", "HTTP/1.1 100 Continue\r\n\r\n", "interrupted"),
        .init("the largest length", head + "Content-Length: 9223372036854775807\r\n\r\nx", "interrupted"),
        .init("a refusal", String(answer("{}", status: "404 Not Found").dropLast(1)), "interrupted"),
    ]

    static let strange: [AnswerCase] = [
        .init("of another server", "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n" + document, "bad answer"),
        .init("of another server, which refuses", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "bad answer"),
        .init("no JSON", answer("{"), "bad answer"),
        .init("another document", answer(#"{"jobs":[]}"#), "bad answer"),
        .init("no document", answer(""), "bad answer"),
        .init("no content", answer("", status: "204 No Content"), "bad answer"),
        .init("JSON too deep", answer(String(repeating: "[", count: 100_000)), "bad answer"),
        .init("no HTTP", "220 mail.example.org ESMTP\r\n", "bad answer"),
        .init("TLS", "\u{16}\u{3}\u{1}\0\u{2}\u{1}\0", "bad answer"),
        .init("zeros", String(repeating: "\0", count: 100_000), "bad answer"),
        .init("a request", "GET / HTTP/1.1\r\n\r\n", "bad answer"),
        .init("an old HTTP", "HTTP/0.9 200 OK\r\nKata-Version: 1\r\n\r\n", "bad answer"),
        .init("a new HTTP", "HTTP/2.0 200 OK\r\nKata-Version: 1\r\n\r\n", "bad answer"),
        .init("status 000", answer(document, status: "000 Nothing"), "refused"),
        .init("status 999", answer(document, status: "999 Everything"), "refused"),
        .init("status 99", answer(document, status: "99 Less"), "bad answer"),
        .init("status 1000", answer(document, status: "1000 More"), "bad answer"),
        .init("status -1", answer(document, status: "-1 Minus"), "bad answer"),
        .init("another protocol", answer("", status: "101 Switching Protocols"), "refused"),
        .init(
            "another protocol, and on with it",
            "HTTP/1.1 101 Switching\r\nKata-Version: 1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n" + longText,
            "refused"),
        .init("a negative length", head + "Content-Length: -1\r\n\r\n", "bad answer"),
        .init("a length beyond all", head + "Content-Length: 99999999999999999999\r\n\r\n", "bad answer"),
        .init("two lengths", head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", "bad answer"),
        .init("a length and chunks", head + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "bad answer"),
        .init("a chunk without size", head + "Transfer-Encoding: chunked\r\n\r\nx\r\n", "bad answer"),
        .init("a chunk beyond all", head + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", "bad answer"),
        .init("a field without name", head + ": x\r\n\r\n", "bad answer"),
        .init("a field with a zero", head + "A: \0\r\n\r\n", "bad answer"),
        .init("one before it without end", String(repeating: "HTTP/1.1 100 C\r\n\r\n", count: 20_000), "bad answer"),
        .init("a long status", "HTTP/1.1 200 " + longText + longText, "bad answer"),
        .init("a long field", head + "A: " + longText, "bad answer"),
        .init("a long name", head + longText, "bad answer"),
        .init("many fields", head + String(repeating: "A: b\r\n", count: 10_000), "bad answer"),
        .init(
            "a long trailer", head + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\nA: " + longText, "bad answer"
        ),
        .init(
            "a long note on a chunk", head + "Transfer-Encoding: chunked\r\n\r\n4;" + longText + longText,
            "bad answer"),
    ]
}
