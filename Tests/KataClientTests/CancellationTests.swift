import Testing

@testable import KataClient

@Suite("A request whose task is cancelled", .timeLimit(.minutes(10)))
struct CancellationTests {
    private let servers = Servers()

    @Test("ends at once, and so does its connection")
    func waiting() async throws {
        let (arrived, ended) = (Signal<Void>(), Signal<Void>())
        let server = try servers.start { peer in
            try peer.request()
            arrived.send(())
            peer.waitForEnd()
            ended.send(())
        }
        let client = ControlClient(patient: server.socket)
        let task = Task { await outcome { try await client.list() } }
        #expect(await arrived.next() != nil)
        task.cancel()
        #expect(await task.value == "CancellationError()")
        #expect(await ended.next() != nil)
        #expect(server.connectionCount == 1)
    }

    @Test("is not sent if that was before")
    func before() async throws {
        let server = try servers.start { try $0.request() }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await outcome { try await ControlClient(patient: server.socket).list() }
        }
        #expect(await task.value == "CancellationError()")
        #expect(server.connectionCount == 0)
    }

    @Test("ends on a connection that was kept, and is not repeated")
    func kept() async throws {
        let arrived = Signal<Void>()
        let server = try servers.start { peer in
            try peer.request()
            try peer.send(noJobs)
            try peer.request()
            arrived.send(())
            peer.waitForEnd()
        }
        let client = ControlClient(patient: server.socket)
        #expect(try await client.list() == 0)
        let task = Task { await outcome { try await client.list() } }
        #expect(await arrived.next() != nil)
        task.cancel()
        #expect(await task.value == "CancellationError()")
        #expect(server.connectionCount == 1)
    }

    @Test("ends within an export")
    func export() async throws {
        let (read, ended) = (Signal<Void>(), Signal<Void>())
        let server = try servers.start { peer in
            try peer.request()
            try peer.send("HTTP/1.1 200 OK\r\nKata-Version: 1\r\nContent-Length: 100\r\n\r\nc1 | 0\n")
            peer.waitForEnd()
            ended.send(())
        }
        let client = ControlClient(patient: server.socket)
        let task = Task {
            await outcome {
                var count = 0
                for try await bytes in try await client.export(pipeline: nil, run: "all") {
                    count += bytes.count
                    read.send(())
                }
                return count
            }
        }
        #expect(await read.next() != nil)
        task.cancel()
        #expect(await task.value == "CancellationError()")
        #expect(await ended.next() != nil)
    }

    @Test("or who reads only the beginning of an export, ends its connection")
    func leftExport() async throws {
        let ended = Signal<Void>()
        let server = try servers.start { peer in
            try peer.request()
            try peer.send("HTTP/1.1 200 OK\r\nKata-Version: 1\r\nContent-Length: 100\r\n\r\nc1 | 0\n")
            peer.waitForEnd()
            ended.send(())
        }
        for try await bytes in try await ControlClient(patient: server.socket).export(pipeline: nil, run: "all") {
            #expect(String(decoding: bytes, as: UTF8.self) == "c1 | 0\n")
            break
        }
        #expect(await ended.next() != nil)
    }
}
