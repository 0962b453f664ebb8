import Foundation
import Kata
import KataTestSupport
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

@testable import KataServer

@Suite("Who is at the other end", .timeLimit(.minutes(10)))
struct PeerTests {
    @Test("of a Unix socket is told by the kernel")
    func unix() async throws {
        let directory = try TemporaryDirectory()
        let peer = try await peer { bootstrap in
            try await bootstrap.bind(unixDomainSocketPath: directory.path("s")).get()
        }
        #expect(peer == .user(geteuid()))
        #expect(peer.isDaemonsUser && peer.isOwner)
    }

    @Test("of a network is unknown, also on this machine")
    func network() async throws {
        let peer = try await peer { try await $0.bind(host: "127.0.0.1", port: 0).get() }
        #expect(peer == .unknown)
        #expect(!peer.isDaemonsUser && !peer.isOwner)
    }

    @Test(
        "is not the one who asks, where a request was passed on",
        arguments: ["X-Forwarded-For", "forwarded", "Via", "Origin", "Referer"])
    func forwarded(header: String) {
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/", headers: [header: "x"])
        #expect(HTTPRequest(head, from: .user(geteuid()), body: .whole(ByteBuffer())).isForwarded)
    }

    @Test("is the one who asks with an ordinary request")
    func direct() {
        let headers: HTTPHeaders = ["Host": "localhost", "Content-Type": "application/json", "Idempotency-Key": "a"]
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/", headers: headers)
        #expect(!HTTPRequest(head, from: .user(geteuid()), body: .whole(ByteBuffer())).isForwarded)
    }

    /// Who a server finds at the other end of a connection from this process.
    private func peer(_ bind: (ServerBootstrap) async throws -> any Channel) async throws -> Peer {
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let found = loops.next().makePromise(of: Peer.self)
        let server = try await bind(
            ServerBootstrap(group: loops).childChannelInitializer { channel in
                Peer.of(channel).map { found.succeed($0) }
            })
        let address = try #require(server.localAddress)
        let client = try await ClientBootstrap(group: loops).connect(to: address).get()
        let peer = try await found.futureResult.get()
        try await client.close()
        try await server.close()
        try await loops.shutdownGracefully()
        return peer
    }
}
