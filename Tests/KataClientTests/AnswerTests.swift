import KataAPI
import KataTestSupport
import Testing

@testable import KataClient

@Suite("An answer", .timeLimit(.minutes(10)))
struct AnswerTests {
    private let servers = Servers()

    private func outcome(_ script: @escaping ScriptedServer.Script) async throws -> String {
        let server = try servers.start { peer in
            try peer.request()
            try script(peer)
        }
        return await KataClientTests.outcome { try await ControlClient(patient: server.socket).change() }
    }

    @Test("is understood", arguments: AnswerCase.understood)
    func understood(_ answer: AnswerCase) async throws {
        #expect(try await outcome { try $0.send(answer.sent) } == answer.outcome)
    }

    @Test("is understood byte by byte", arguments: AnswerCase.understood)
    func byteByByte(_ answer: AnswerCase) async throws {
        let outcome = try await outcome { peer in
            for byte in answer.sent.utf8 { try peer.send([byte]) }
        }
        #expect(outcome == answer.outcome)
    }

    @Test("is interrupted if the connection ends in the middle", arguments: AnswerCase.cut)
    func cut(_ answer: AnswerCase) async throws {
        #expect(try await outcome { try $0.send(answer.sent) } == answer.outcome)
    }

    @Test("is no daemon's if it is not understood, and harms nobody", arguments: AnswerCase.strange)
    func strange(_ answer: AnswerCase) async throws {
        let whole = try await outcome { peer in
            try peer.send(answer.sent)
            peer.waitForEnd()
        }
        #expect(whole == answer.outcome)
        let slow = try await outcome { peer in
            for byte in answer.sent.utf8.prefix(1_000) { try peer.send([byte]) }
            try peer.send(Array(answer.sent.utf8.dropFirst(1_000)))
            peer.waitForEnd()
        }
        #expect(slow == answer.outcome)
    }

    @Test("with bytes in its head that are no text is understood")
    func noText() async throws {
        let answer = changed(3, headers: "A: ?\r\n").utf8.map { $0 == UInt8(ascii: "?") ? 0xff : $0 }
        #expect(try await outcome { try $0.send(answer) } == "3")
    }

    @Test("that was damaged on its way harms nobody", arguments: 0..<8 as Range<UInt64>)
    func damaged(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let answers = (AnswerCase.understood + AnswerCase.cut).map(\.sent).filter { !$0.isEmpty }
        let answer = answers.randomElement(using: &generator) ?? ""
        for _ in 0..<50 {
            var bytes = Array(answer.utf8)
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            let damaged = bytes
            let outcome = try await outcome { try $0.send(damaged) }
            let isKnown = ["bad answer", "interrupted", "refused"].contains(outcome) || Int(outcome) != nil
            #expect(isKnown, "\(outcome) after \(String(decoding: damaged, as: UTF8.self))")
        }
    }

    @Test("is no daemon's if it is a head without end, of which not much is read")
    func hugeHead() async throws {
        let sent = Signal<Int>()
        let line = Array("A: \(String(repeating: "x", count: 60_000))\r\n".utf8)
        let outcome = try await outcome { peer in
            var count = 0
            defer { sent.send(count) }
            try peer.send(AnswerCase.head)
            while count < 1 << 30 {
                try peer.send(line)
                count += line.count
            }
        }
        #expect(outcome == "bad answer")
        #expect(try #require(await sent.next()) < 8 << 20)
    }

    @Test("is no daemon's if it is too large")
    func tooLarge() async throws {
        var limits = AnswerLimits()
        #expect(limits.documentSize == 64 << 20)
        limits.documentSize = 100
        for (size, expected) in [(100, "3"), (101, "its answer has more than 100 bytes")] {
            let server = try servers.start { peer in
                try peer.request()
                try peer.send(answer(AnswerCase.document.padding(toLength: size)))
                peer.waitForEnd()
            }
            do {
                let changed = try await ControlClient(socket: server.socket, limits: limits).change()
                #expect("\(changed)" == expected)
            } catch {
                #expect(error as? ControlClientError == .badAnswer(socket: server.socket, reason: expected))
            }
        }
    }

    @Test("that refuses says why, if it has a problem document")
    func refusal() async throws {
        let problem = ProblemDocument(status: 409, title: "Conflict", detail: "there is one")
        let json = String(decoding: try JSON.encode(problem), as: UTF8.self)
        let server = try servers.start { peer in
            try peer.request()
            try peer.send(answer(json, status: "409 Conflict"))
            try peer.request()
            try peer.send(answer("sorry", status: "503 Service Unavailable"))
        }
        let client = ControlClient(patient: server.socket)
        await #expect(throws: ControlClientError.refused(problem)) { try await client.change() }
        let bare = ProblemDocument(status: 503, title: "Error", detail: "the daemon answered 503 Service Unavailable")
        await #expect(throws: ControlClientError.refused(bare)) { try await client.change() }
        #expect(server.connectionCount == 1)
    }

    @Test("without the daemon's header says which status it has")
    func withoutHeader() async throws {
        let server = try servers.start { peer in
            try peer.request()
            try peer.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        }
        await #expect(throws: ControlClientError.badAnswer(socket: server.socket, reason: "status 404")) {
            try await ControlClient(patient: server.socket).change()
        }
    }
}

extension String {
    /// With spaces behind it.
    fileprivate func padding(toLength length: Int) -> String {
        self + String(repeating: " ", count: length - utf8.count)
    }
}
