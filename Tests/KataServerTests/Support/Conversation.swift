import KataTestSupport
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Synchronization
import Testing

@testable import KataServer

/// A connection without a socket, on which the test is the client and has the clock in its hands.
final class Conversation: Sendable {
    private let channel: NIOAsyncTestingChannel
    private let reads = ReadCounter()
    private let answers = Mutex("")

    /// Counts how often the connection asks for more bytes.
    private final class ReadCounter: ChannelOutboundHandler, Sendable {
        typealias OutboundIn = Never
        let count = Mutex(0)

        func read(context: ChannelHandlerContext) {
            count.withLock { $0 += 1 }
            context.read()
        }
    }

    private init() async throws {
        channel = try await NIOAsyncTestingChannel { [reads] channel in
            try channel.pipeline.syncOperations.addHandler(reads)
        }
        try await channel.connect(to: SocketAddress(unixDomainSocketPath: "/test")).get()
    }

    /// Has a server answer while `body` speaks with it: 200 and the method with the body's length, unless told otherwise.
    static func with(
        limits: HTTPLimits = HTTPLimits(), budget: BodyBudget? = nil,
        respond: @escaping @Sendable (HTTPRequest) async -> HTTPResponse = Conversation.echo,
        _ body: (Conversation) async throws -> Void
    ) async throws {
        let conversation = try await Conversation()
        let channel = conversation.channel
        let budget = budget ?? BodyBudget(bytes: limits.bodies)
        let connection = try await channel.testingEventLoop.executeInContext {
            try HTTPConnection(channel, limits: limits, budget: budget, logger: Logger(label: "test"))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await connection.serve(headers: [:], respond) }
            try await body(conversation)
            group.cancelAll()
        }
        _ = try? await channel.finish(acceptAlreadyClosed: true)
    }

    static let echo: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
        switch request.body {
        case .refused(let refusal): HTTPResponse(refusal)
        case .whole(let body):
            HTTPResponse(.whole(ByteBuffer(string: "\(request.method) \(body.readableBytes)")), type: "text/plain")
        }
    }

    func send(_ text: String) async throws {
        try await channel.writeInbound(ByteBuffer(string: text))
    }

    /// Ends the conversation as a client does that is killed.
    func close() async throws {
        try await channel.close()
    }

    /// A request's head, with the empty line behind it.
    static func head(_ method: String = "POST", length: Int? = nil, _ headers: String...) -> String {
        let length = length.map { ["Content-Length: \($0)"] } ?? []
        return (["\(method) / HTTP/1.1", "Host: kata"] + length + headers).joined(separator: "\r\n") + "\r\n\r\n"
    }

    func wait(_ time: TimeAmount) async {
        await channel.testingEventLoop.advanceTime(by: time)
    }

    /// Says that the connection may read, as it does after each read by itself.
    ///
    /// - Returns: whether it then reads.
    func mayRead() async throws -> Bool {
        let before = readCount
        try await channel.testingEventLoop.executeInContext { self.channel.read() }
        return readCount > before
    }

    var readCount: Int { reads.count.withLock { $0 } }

    /// Everything that was answered so far.
    func answered() async throws -> String {
        while let buffer = try await channel.readOutbound(as: ByteBuffer.self) {
            answers.withLock { $0 += String(buffer: buffer) }
        }
        return answers.withLock { $0 }
    }

    /// Waits until so many answers have come.
    ///
    /// - Returns: the status of each.
    func statuses(_ count: Int) async throws -> [Int] {
        var statuses: [Int] = []
        _ = try await eventually {
            statuses = try await self.answered().matches(of: /HTTP\/1\.1 (\d+)\b/).compactMap { Int($0.output.1) }
            return statuses.count >= count
        }
        return statuses
    }

    var isOpen: Bool { channel.isActive }

    /// Whether the server closes the connection.
    func isClosed() async throws -> Bool {
        try await eventually { !self.isOpen }
    }
}
