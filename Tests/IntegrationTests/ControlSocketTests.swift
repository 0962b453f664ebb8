import Foundation
import KataTestSupport
import Testing

@Suite("The control socket")
struct ControlSocketTests {
    @Test("is its user's alone, and goes away with the daemon")
    func mode() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        var status = stat()
        try #require(stat(workplace.socket, &status) == 0)
        #expect(status.st_mode & S_IFMT == S_IFSOCK)
        #expect(status.st_mode & 0o777 == 0o600)
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        #expect(!FileManager.default.fileExists(atPath: workplace.socket))
        #expect(!FileManager.default.fileExists(atPath: workplace.socket + ".new"))
    }

    @Test(
        "that is removed is bound anew, and is as private as before", .timeLimit(.minutes(10)),
        arguments: [("", 0o600), ("socket_mode: 0660", 0o660 as mode_t)])
    func removed(top: String, mode: mode_t) async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0, top: top)
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        for _ in 1...2 {
            try FileManager.default.removeItem(atPath: workplace.socket)
            try await #require(
                eventually { try await workplace.control("status", "--socket", workplace.socket).code == 0 })
            var status = stat()
            try #require(lstat(workplace.socket, &status) == 0)
            #expect(status.st_mode & 0o777 == mode)
        }
        #expect(daemon.standardError.contains("the socket was removed and is bound anew"))
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        #expect(!FileManager.default.fileExists(atPath: workplace.socket))
    }

    @Test("of another process that took its place is left there", .timeLimit(.minutes(10)))
    func taken() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        let other = try UnixAddress(workplace.path("other.sock")).bound(type: SOCK_STREAM)
        defer { close(other) }
        try #require(listen(other, 1) == 0)
        try #require(rename(workplace.path("other.sock"), workplace.socket) == 0)
        try await #require(
            eventually { daemon.standardError.contains("the socket was removed and can't be bound anew") })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        #expect(FileManager.default.fileExists(atPath: workplace.socket))
    }

    @Test("whose directory is gone does not keep a daemon from ending whose store has failed", .timeLimit(.minutes(10)))
    func directoryGone() async throws {
        let workplace = try Workplace()
        try FileManager.default.createDirectory(atPath: workplace.path("run"), withIntermediateDirectories: false)
        try workplace.writeKata(items: 100_000, top: "socket: run/kata.sock")
        let daemon = try workplace.startDaemon()
        let socket = workplace.path("run/kata.sock")
        try await #require(
            eventually { try await workplace.control("status", "--socket", socket).code == 0 })
        try FileManager.default.removeItem(atPath: workplace.path("run"))
        try await #require(eventually { daemon.standardError.contains("the socket can't be bound anew") })
        for file in ["kata.db", "kata.db-wal", "kata.db-shm"] {
            try FileManager.default.removeItem(atPath: workplace.path(file))
        }
        #expect(try await daemon.wait() == 74)
    }

    @Test("never takes the place of a file")
    func file() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        try workplace.write("precious", to: "kata.sock")
        let outcome = try await workplace.runDaemon("--once")
        #expect(outcome.code == 73)
        #expect(
            outcome.errors
                == "katad: './kata.sock' is not a socket of this user and is left as it is; "
                + "name another with --socket\n"
        )
        #expect(try workplace.read("kata.sock") == "precious")
    }

    @Test("never takes the place of a symbolic link, even one to a dead socket")
    func link() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        try leaveDeadSocket(at: workplace.path("dead.sock"))
        try FileManager.default.createSymbolicLink(
            atPath: workplace.socket, withDestinationPath: workplace.path("dead.sock")
        )
        #expect(try await workplace.runDaemon("--once").code == 73)
        #expect(FileManager.default.fileExists(atPath: workplace.path("dead.sock")))
    }

    @Test("takes the place of a dead one")
    func stale() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        try leaveDeadSocket(at: workplace.socket)
        let daemon = try workplace.startDaemon()
        try await #require(eventually { try await workplace.control("status", "--socket", workplace.socket).code == 0 })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("never takes the place of one that somebody listens on")
    func live() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        let second = try await workplace.runDaemon("--database", "other.db")
        #expect(second.code == 75)
        #expect(
            second.errors
                == "katad: another process listens on './kata.sock'; stop it, or name another with --socket\n"
        )
        #expect(try await workplace.status().state == "running")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("is not made in a directory that everybody may write")
    func unsafeDirectory() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        try makeDirectory("open", mode: 0o777, in: workplace)
        let outcome = try await workplace.runDaemon("--once", "--socket", "open/kata.sock")
        #expect(outcome.code == 77)
        #expect(
            outcome.errors
                == "katad: the socket's directory 'open' is in the hands of other users; "
                + "use one of your own that others can't write\n"
        )
    }

    @Test("is made in a directory where everybody may write but only owners remove, such as /tmp")
    func stickyDirectory() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        try makeDirectory("sticky", mode: 0o1777, in: workplace)
        #expect(try await workplace.runDaemon("--once", "--socket", "sticky/kata.sock").code == 0)
    }

    @Test("can't be made in a directory that is not there")
    func missingDirectory() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let outcome = try await workplace.runDaemon("--once", "--socket", "missing/kata.sock")
        #expect(outcome.code == 73)
        #expect(outcome.errors == "katad: cannot create the socket 'missing/kata.sock': No such file or directory\n")
    }

    @Test(
        "has a path that the kernel takes, or else the limit is named", arguments: [90, 99, 100, 103, 104, 107, 108])
    func longPath(bytes: Int) async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let outcome = try await workplace.runDaemon("--once", "--socket", String(repeating: "s", count: bytes))
        #expect([0, 78].contains(outcome.code), "\(outcome.errors)")
        #expect((outcome.code == 78) == outcome.errors.contains("expected at most 99"))
    }

    @Test("stays with the first daemon when a second one is started on its database")
    func secondDaemon() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        let second = try await workplace.runDaemon("--socket", "other.sock")
        #expect(second.code == 75)
        #expect(
            second.errors == """
                katad: another katad (process \(daemon.pid)) already runs with the database '\(workplace.database)'; \
                stop that one, or name another with --database

                """
        )
        #expect(!FileManager.default.fileExists(atPath: workplace.path("other.sock")))
        #expect(try await workplace.status().state == "running")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("stays with the first daemon when a second one names its database by a link")
    func secondDaemonByLink() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        try FileManager.default.createSymbolicLink(
            atPath: workplace.path("link.db"), withDestinationPath: workplace.database
        )
        let second = try await workplace.runDaemon("--once", "--database", "link.db", "--socket", "other.sock")
        #expect(second.code == 75)
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    private func makeDirectory(_ name: String, mode: mode_t, in workplace: Workplace) throws {
        try FileManager.default.createDirectory(atPath: workplace.path(name), withIntermediateDirectories: false)
        try #require(chmod(workplace.path(name), mode) == 0)
    }

    /// Binds a socket and closes it again, as a process does that was killed.
    private func leaveDeadSocket(at path: String) throws {
        let descriptor = try UnixAddress(path).bound(type: SOCK_STREAM)
        close(descriptor)
    }
}
