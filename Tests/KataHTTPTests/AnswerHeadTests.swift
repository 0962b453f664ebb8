import NIOHTTP1
import Testing

@testable import KataHTTP

@Suite("The head of an answer")
struct AnswerHeadTests {
    @Test("is shown without what would let who reads it in")
    func secrets() {
        let head = AnswerHead(
            version: .http1_1, status: .ok,
            [
                "Content-Type": "text/plain", "Set-Cookie": "session=secret", "AUTHORIZATION": "Bearer secret",
                "X-Request": "17", "set-cookie": "other=secret",
            ])
        #expect(head.text == "HTTP/1.1 200 OK\nContent-Type: text/plain\nX-Request: 17\n\n")
    }

    @Test("is bounded")
    func bounded() {
        let headers = HTTPHeaders((0..<1_000).map { ("X-\($0)", String(repeating: "x", count: 100)) })
        let head = AnswerHead(version: .http1_1, status: .custom(code: 299, reasonPhrase: ""), headers)
        #expect(head.text.utf8.count < 9_000)
        #expect(head.text.hasPrefix("HTTP/1.1 299\n") && head.text.hasSuffix("[more of the head was left out]\n\n"))
    }
}
