import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import KataHTTP

@Suite("The guard of a connection")
struct ResponseGuardTests {
    /// A connection with what the client puts on it, up to the guard.
    private let channel = EmbeddedChannel()

    init() throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTPRequestEncoder())
        try pipeline.addHandler(ByteToMessageHandler(HTTPResponseDecoder(informationalResponseStrategy: .forward)))
        try ResponseGuard.add(to: channel)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/nowhere")).wait()
    }

    @Test("lets an answer through, and the next one as well")
    func proper() throws {
        for body in ["ab", "cd"] {
            try ask()
            try answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 999 X\r\nContent-Length: 2\r\n\r\n\(body)")
            #expect(try parts() == ["head 100", "head 999", "body \(body)", "end"])
        }
        #expect(channel.isActive)
    }

    @Test("lets a change of protocols through, which is an answer of its own")
    func switchingProtocols() throws {
        try ask()
        try answer("HTTP/1.1 101 Switching Protocols\r\n\r\n")
        #expect(try parts() == ["head 101", "end"])
    }

    @Test("refuses a status that HTTP does not have", arguments: ["000", "001", "042", "099"])
    func status(digits: String) throws {
        try ask()
        let fault = #expect(throws: ResponseFault.self) {
            try answer("HTTP/1.1 \(digits) X\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 200 OK\r\n\r\n")
        }
        #expect(fault?.description == "the server answered with status \(digits), which HTTP does not have")
        #expect(try parts() == [])
        #expect(!channel.isActive)
    }

    @Test("refuses such a status after an interim one, too")
    func statusAfterInterim() throws {
        try ask()
        #expect(throws: ResponseFault.status(7)) {
            try answer("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 007 X\r\nContent-Length: 0\r\n\r\n")
        }
        #expect(try parts() == ["head 103"])
    }

    @Test("lets nothing through that nobody asked for")
    func unasked() throws {
        #expect(throws: (any Error).self) { try answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
        #expect(try parts() == [])
    }

    @Test("refuses parts that are out of order, whoever makes them", arguments: [false, true])
    func outOfOrder(isAsked: Bool) throws {
        if isAsked { try ask() }
        let decoder = try channel.pipeline.syncOperations.context(
            handlerType: ByteToMessageHandler<HTTPResponseDecoder>.self)
        decoder.fireChannelRead(NIOAny(HTTPClientResponsePart.end(nil)))
        #expect(throws: ResponseFault.outOfOrder) { try channel.throwIfErrorCaught() }
        #expect(try parts() == [])
        #expect(!channel.isActive)
    }

    private func ask() throws {
        try channel.writeOutbound(
            HTTPClientRequestPart.head(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")))
        try channel.writeOutbound(HTTPClientRequestPart.end(nil))
    }

    private func answer(_ text: String) throws {
        try channel.writeInbound(ByteBuffer(string: text))
    }

    /// What was let through.
    private func parts() throws -> [String] {
        var parts: [String] = []
        while let part = try channel.readInbound(as: HTTPClientResponsePart.self) {
            switch part {
            case .head(let head): parts.append("head \(head.status.code)")
            case .body(let body): parts.append("body \(String(buffer: body))")
            case .end: parts.append("end")
            }
        }
        return parts
    }
}
