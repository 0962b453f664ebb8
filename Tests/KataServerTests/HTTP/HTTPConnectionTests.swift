import Kata
import KataTestSupport
import NIOCore
import NIOHTTP1
import Testing

@testable import KataServer

@Suite("A connection", .timeLimit(.minutes(1)))
struct HTTPConnectionTests {
    private var limits = HTTPLimits()

    init() {
        limits.smallBody = 10
        limits.body = 100
        limits.bodies = 150
    }

    // MARK: Bodies

    @Test("refuses a body that is announced as too large at once, passes over it, and goes on")
    func announced() async throws {
        try await Conversation.with(limits: limits) { client in
            try await client.send(Conversation.head(length: 101))
            try await #expect(client.statuses(1) == [413])
            try await client.send(String(repeating: "x", count: 101) + Conversation.head("GET"))
            try await #expect(client.statuses(2) == [413, 200])
        }
    }

    @Test("refuses a body that becomes too large as soon as it is")
    func becomesTooLarge() async throws {
        try await Conversation.with(limits: limits) { client in
            try await client.send(Conversation.head("POST", "Transfer-Encoding: chunked"))
            let chunk = "32\r\n" + String(repeating: "x", count: 50) + "\r\n"
            try await client.send(chunk + chunk)
            try await #expect(client.answered() == "")
            try await client.send(chunk)
            try await #expect(client.statuses(1) == [413])
            try await client.send(chunk + "0\r\n\r\n" + Conversation.head("GET"))
            try await #expect(client.statuses(2) == [413, 200])
        }
    }

    @Test("takes a body as large as it may be, in one piece, in many or in chunks")
    func largest() async throws {
        let body = String(repeating: "x", count: 100)
        try await Conversation.with(limits: limits) { client in
            try await client.send(Conversation.head(length: 100) + body)
            try await client.send(Conversation.head(length: 100))
            for character in body { try await client.send(String(character)) }
            try await client.send(Conversation.head("POST", "Transfer-Encoding: chunked"))
            for character in body { try await client.send("1\r\n\(character)\r\n") }
            try await client.send("0\r\n\r\n")
            try await #expect(client.statuses(3) == [200, 200, 200])
            try await #expect(client.answered().matches(of: /POST 100/).count == 3)
        }
    }

    @Test("says at once what the client is to do that asks before it sends a body", arguments: [100, 101])
    func expectation(length: Int) async throws {
        try await Conversation.with(limits: limits) { client in
            try await client.send(Conversation.head("POST", length: length, "Expect: 100-continue"))
            if length == 100 {
                try await #expect(client.statuses(1) == [100])
                try await client.send(String(repeating: "x", count: 100))
                try await #expect(client.statuses(2) == [100, 200])
            } else {
                try await #expect(client.statuses(1) == [413])
                // Nobody knows whether the body comes.
                try await #expect(client.isClosed())
            }
        }
    }

    @Test(
        "refuses a head before it takes in the body",
        arguments: [
            ("Content-Encoding: gzip", 415), ("Content-Encoding: identity", 200), ("Host: again", 400),
            ("Expect: a-miracle", 417), ("X: y", 200),
        ])
    func refusedHead(header: String, status: Int) async throws {
        try await Conversation.with(limits: limits) { client in
            try await client.send(Conversation.head("POST", length: 3, header))
            if status != 200 { try await #expect(client.statuses(1) == [status]) }
            try await client.send("abc" + Conversation.head("GET"))
            try await #expect(client.statuses(2) == [status, 200])
        }
    }

    @Test("wants a host, but not of HTTP/1.0")
    func noHost() async throws {
        try await Conversation.with(limits: limits) { client in
            try await client.send("GET / HTTP/1.1\r\n\r\n")
            try await #expect(client.statuses(1) == [400])
            try await #expect(client.answered().contains("there are 0 Host headers"))
            try await client.send("GET / HTTP/1.0\r\n\r\n")
            try await #expect(eventually { try await client.answered().contains("HTTP/1.0 200") })
        }
    }

    // MARK: Room

    @Test("reads nothing as long as there is no room for a body, and then goes on")
    func room() async throws {
        let budget = BodyBudget(bytes: 100)
        try await Conversation.with(limits: limits, budget: budget) { client in
            let others = try HeldRoom(50, of: budget)
            try await client.send(Conversation.head("POST", length: 60, "Expect: 100-continue"))
            try await #expect(!client.mayRead())
            try await #expect(client.answered() == "")
            others.letGo()
            await client.wait(.zero)
            #expect(client.readCount == 1)
            try await #expect(client.statuses(1) == [100])
            try await client.send(String(repeating: "x", count: 60))
            try await #expect(client.statuses(2) == [100, 200])
            // The room is given back.
            try await #expect(eventually { budget.reserve(100) != nil })
        }
    }

    @Test("needs no room for a small body, nor for one that means nothing")
    func small() async throws {
        let budget = BodyBudget(bytes: 0)
        try await Conversation.with(limits: limits, budget: budget) { client in
            try await client.send(Conversation.head(length: 10) + "0123456789")
            try await client.send(Conversation.head("GET", length: 100) + String(repeating: "x", count: 100))
            try await #expect(client.statuses(2) == [200, 200])
            try await #expect(client.answered().contains("GET 0"))
        }
    }

    @Test("refuses a body for which there is no room for too long, and passes over it")
    func noRoom() async throws {
        try await Conversation.with(limits: limits, budget: BodyBudget(bytes: 0)) { client in
            try await client.send(Conversation.head(length: 60))
            await client.wait(.seconds(119))
            try await #expect(client.answered() == "")
            await client.wait(.seconds(1))
            try await #expect(client.statuses(1) == [503])
            try await #expect(client.answered().contains("Retry-After: 1\r\n"))
            try await client.send(String(repeating: "x", count: 60) + Conversation.head("GET"))
            try await #expect(client.statuses(2) == [503, 200])
        }
    }

    @Test("gives up its place in line with its request")
    func leftLine() async throws {
        let budget = BodyBudget(bytes: 100)
        let others = try HeldRoom(100, of: budget)
        try await Conversation.with(limits: limits, budget: budget) { client in
            try await client.send(Conversation.head(length: 60))
        }
        others.letGo()
        try await #expect(eventually { budget.reserve(100) != nil })
    }

    // MARK: Time

    @Test("ends when nothing was asked for a minute, or only half", arguments: ["", "GET / HTTP/1.1\r\nHo"])
    func idle(sent: String) async throws {
        try await Conversation.with { client in
            if !sent.isEmpty { try await client.send(sent) }
            await client.wait(.seconds(59))
            #expect(client.isOpen)
            await client.wait(.seconds(1))
            try await #expect(client.isClosed())
            try await #expect(client.answered() == "")
        }
    }

    @Test("ends a minute after the last answer")
    func idleAfterAnswer() async throws {
        try await Conversation.with { client in
            await client.wait(.seconds(50))
            try await client.send(Conversation.head("GET"))
            try await #expect(client.statuses(1) == [200])
            await client.wait(.seconds(59))
            #expect(client.isOpen)
            await client.wait(.seconds(1))
            try await #expect(client.isClosed())
        }
    }

    @Test("refuses a request of which nothing more comes")
    func stall() async throws {
        try await Conversation.with { client in
            try await client.send(Conversation.head(length: 4) + "ab")
            await client.wait(.seconds(20))
            try await client.send("c")
            await client.wait(.seconds(29))
            #expect(client.isOpen)
            try await #expect(client.answered() == "")
            await client.wait(.seconds(1))
            try await #expect(client.statuses(1) == [408])
            try await #expect(client.isClosed())
        }
    }

    @Test("refuses a request that comes byte by byte for too long")
    func trickle() async throws {
        try await Conversation.with { client in
            try await client.send(Conversation.head(length: 1_000))
            for _ in 0..<29 {
                await client.wait(.seconds(10))
                try await client.send("x")
            }
            try await #expect(client.answered() == "")
            await client.wait(.seconds(10))
            try await #expect(client.statuses(1) == [408])
        }
    }

    @Test("waits as long as it takes for an answer")
    func slowAnswer() async throws {
        let answer = Latch()
        try await Conversation.with { request in
            try? await answer.wait()
            return await Conversation.echo(request)
        } _: { client in
            try await client.send(Conversation.head("GET"))
            await client.wait(.hours(48))
            #expect(client.isOpen)
            answer.open()
            try await #expect(client.statuses(1) == [200])
        }
    }

    // MARK: One request after the other

    @Test(
        "gives no answer to what comes behind the last request",
        arguments: ["garbage\r\n\r\n", Conversation.head("GET")])
    func behindLast(rest: String) async throws {
        let mayAnswer = Latch()
        try await Conversation.with { request in
            try? await mayAnswer.wait()
            return await Conversation.echo(request)
        } _: { client in
            try await client.send(Conversation.head("GET", "Connection: close") + rest)
            try await client.send(rest)
            mayAnswer.open()
            try await #expect(client.statuses(1) == [200])
            try await #expect(client.isClosed())
        }
    }

    @Test("answers a request before it says that what came behind it is no HTTP")
    func garbageBehind() async throws {
        let mayAnswer = Latch()
        try await Conversation.with { request in
            try? await mayAnswer.wait()
            return await Conversation.echo(request)
        } _: { client in
            try await client.send(Conversation.head("GET") + "garbage\r\n\r\n")
            _ = try? await client.send("more")
            mayAnswer.open()
            try await #expect(client.statuses(2) == [200, 400])
            try await #expect(client.isClosed())
        }
    }

    @Test("has others take their turn when many requests came together")
    func turns() async throws {
        try await Conversation.with { client in
            try await client.send(String(repeating: Conversation.head("GET"), count: 40))
            for count in [16, 32, 40] {
                #expect(try await client.statuses(count).count == count)
                // The rest comes only when others had time.
                await client.wait(.microseconds(99))
                #expect(try await client.statuses(count).count == count)
                await client.wait(.microseconds(1))
            }
        }
    }

    @Test("sends only the head of an answer if that was asked for, whether its length is known or not")
    func headOnly() async throws {
        try await Conversation.with { request in
            request.path == "/pages"
                ? HTTPResponse(.pages(first: [1], rest: NoPages()), type: "text/plain")
                : await Conversation.echo(request)
        } _: { client in
            try await client.send(Conversation.head("HEAD"))
            try await #expect(client.statuses(1) == [200])
            try await #expect(client.answered().hasSuffix("Content-Length: 6\r\n\r\n"))
            try await client.send(Conversation.head("HEAD").replacing("HEAD /", with: "HEAD /pages"))
            try await #expect(client.isClosed())
            try await #expect(client.answered().hasSuffix("\r\n\r\n"))
        }
    }

    private struct NoPages: HTTPBodyPages {
        let isAtEnd = true
        func next() async throws -> [UInt8]? { nil }
    }
}
