import Kata
import Testing

@testable import KataServer

@Suite("The end of a connection")
struct ConnectionEndTests {
    @Test("opens the latch of the request that is being answered, and of each one after that")
    func opens() async throws {
        let end = ConnectionEnd()
        let (before, during, after) = (Latch(), Latch(), Latch())
        await end.opening(before) {}
        await end.opening(during) { end.over() }
        await end.opening(after) {}
        #expect(!before.isOpen)
        #expect(during.isOpen && after.isOpen)
    }

    @Test("is seen by a request that would wait for long", .timeLimit(.minutes(10)))
    func request() async throws {
        let isWaiting = Latch()
        let isOver = Latch()
        let respond: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
            let latch = Latch()
            await request.connection?.opening(latch) {
                isWaiting.open()
                try? await latch.wait()
            }
            isOver.open()
            return await Conversation.echo(request)
        }
        try await Conversation.with(respond: respond) { conversation in
            try await conversation.send("GET / HTTP/1.1\r\nHost: kata\r\n\r\n")
            try await isWaiting.wait()
            try await conversation.close()
            try await isOver.wait()
        }
    }
}
