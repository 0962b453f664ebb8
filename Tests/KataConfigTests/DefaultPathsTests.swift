import Foundation
import KataTestSupport
import Testing

@testable import KataConfig

@Suite("Paths that nobody has named")
struct DefaultPathsTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("of a user's own daemon are those of XDG")
    func user() {
        let paths = DefaultPaths(
            environment: [
                "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s", "XDG_RUNTIME_DIR": "/r",
                "STATE_DIRECTORY": "/var/lib/kata",
            ], forUser: true)
        #expect(paths.configuration == "/c/kata/kata.yaml")
        #expect(paths.database == "/s/kata/kata.db")
        #expect(paths.daemonSocket == "/r/kata/kata.sock")
    }

    @Test("of a user's own daemon are in the home where nothing else is said, or no path from the root")
    func home() {
        let paths = DefaultPaths(
            environment: ["HOME": "/home/me", "XDG_STATE_HOME": "state", "XDG_CONFIG_HOME": ""], forUser: true)
        #expect(paths.configuration == "/home/me/.config/kata/kata.yaml")
        #expect(paths.database == "/home/me/.local/state/kata/kata.db")
    }

    @Test("are where a client looks, in this order: the user's own, the system's, the working directory's")
    func client() throws {
        let runtime = directory.path("run")
        let paths = DefaultPaths(environment: ["XDG_RUNTIME_DIR": runtime])
        #expect(paths.clientSockets == ["\(runtime)/kata/kata.sock", "/run/kata/kata.sock", "./kata.sock"])
        let named = DefaultPaths(environment: ["XDG_RUNTIME_DIR": runtime, "KATA_SOCKET": "/b"])
        #expect(try ClientSocket.find(named: "/a", in: named) == ClientSocket(path: "/a", isNamed: true))
        #expect(try ClientSocket.find(named: nil, in: named) == ClientSocket(path: "/b", isNamed: true))
        let found = try place(in: runtime)
        #expect(try ClientSocket.find(named: nil, in: paths) == ClientSocket(path: found, isNamed: false))
    }

    @Test("of a user's own daemon are where a command goes, whether one is there or not")
    func command() throws {
        let paths = DefaultPaths(environment: ["XDG_RUNTIME_DIR": directory.path("run")])
        let path = directory.path("run/kata/kata.sock")
        #expect(try ClientSocket.ofUser(named: nil, in: paths) == ClientSocket(path: path, isNamed: false))
        #expect(try ClientSocket.ofUser(named: "/a", in: paths) == ClientSocket(path: "/a", isNamed: true))
    }

    @Test("that are of another user are refused", .enabled(if: geteuid() == 0, "it takes root to give a file away"))
    func foreign() throws {
        let paths = DefaultPaths(environment: ["XDG_RUNTIME_DIR": directory.path("run")])
        let path = try place(in: directory.path("run"))
        try #require(chown(path, 65_534, 65_534) == 0)
        let expected = ForeignSocket(path: path, owner: 65_534)
        #expect(throws: expected) { try ClientSocket.find(named: nil, in: paths) }
        #expect(throws: expected) { try ClientSocket.ofUser(named: nil, in: paths) }
        #expect(try ClientSocket.find(named: path, in: paths).isNamed)
    }

    private func place(in runtime: String) throws -> String {
        try FileManager.default.createDirectory(atPath: "\(runtime)/kata", withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: "\(runtime)/kata/kata.sock"))
        return "\(runtime)/kata/kata.sock"
    }
}
