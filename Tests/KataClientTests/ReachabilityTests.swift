import Foundation
import Glibc
import KataTestSupport
import NIOCore
import Testing

@testable import KataClient

@Suite("A daemon that can't be reached", .timeLimit(.minutes(10)))
struct ReachabilityTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func expectNotReachable(_ socket: String, _ reason: String, _ place: SourceLocation = #_sourceLocation)
        async
    {
        await #expect(
            throws: ControlClientError.notReachable(socket: socket, reason: reason), sourceLocation: place
        ) {
            try await ControlClient(patient: socket).change()
        }
    }

    @Test("is said to be missing if there is no socket")
    func missing() async {
        await expectNotReachable(directory.path("s"), "No such file or directory")
    }

    @Test("is said to refuse if it has left its socket behind")
    func stale() async throws {
        close(try SocketFile.listening(at: directory.path("s")))
        await expectNotReachable(directory.path("s"), "Connection refused")
    }

    @Test("is said to refuse if its socket is some other file")
    func otherFile() async throws {
        try directory.write("text", to: "s")
        await expectNotReachable(directory.path("s"), "Connection refused")
        await expectNotReachable(directory.path(""), "Connection refused")
        await expectNotReachable(directory.path("s/s"), "Not a directory")
    }

    @Test(
        "is said to have too long a path, from the length that no socket has", arguments: [103, 104, 107, 108, 5_000])
    func pathLength(length: Int) async {
        let path = "/" + String(repeating: "x", count: length - 1)
        await expectNotReachable(path, length > 103 ? "File name too long" : "No such file or directory")
    }

    @Test("is said to have no path", arguments: ["", "\0name", "/tmp\0/s"])
    func noPath(socket: String) async {
        await expectNotReachable(socket, "not a path")
    }

    @Test("is told apart from one that may not be used", arguments: [EACCES, EPERM])
    func permission(code: CInt) {
        let error = ControlClientError(opening: IOError(errnoCode: code, reason: "connect"), socket: "/s")
        #expect(error == .permissionDenied(socket: "/s"))
    }

    @Test("is told apart from one that may not be used, by the system", .disabled(if: geteuid() == 0))
    func directoryPermission() async throws {
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: directory.path)
        let socket = directory.path("s")
        await #expect(throws: ControlClientError.permissionDenied(socket: socket)) {
            try await ControlClient(patient: socket).change()
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: directory.path)
    }

    @Test("is asked again and again while there is no room in its queue, until the time is over")
    func noRoom() async throws {
        let socket = directory.path("s")
        let listener = try SocketFile.listening(at: socket, backlog: 0)
        defer { close(listener) }
        // They stay in the queue, because nobody accepts them.
        for _ in 0..<8 {
            await #expect(throws: ControlClientError.notReachable(socket: socket, reason: "no answer within 50 ms")) {
                try await ControlClient(impatient: socket).change()
            }
        }
    }
}
