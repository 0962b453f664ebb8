import Foundation
import Testing

@testable import KataPlugins

@Suite("A program that comes with Kata")
struct CompanionProgramTests {
    private let directory = FileManager.default.temporaryDirectory.appendingPathComponent("kata-\(UUID())").path

    @Test("is looked for beside the running one first, and then where packages keep such programs")
    func places() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let program = CompanionProgram("x", beside: "\(directory)/bin")
        #expect(program.places == ["\(directory)/bin/x", "\(directory)/lib/kata/x"])
        #expect(program.path == nil)
        try write("lib/kata/x")
        #expect(program.path == "\(directory)/lib/kata/x")
        try write("bin/x")
        #expect(program.path == "\(directory)/bin/x")
    }

    @Test("has to be executable, and no directory")
    func unusable() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let program = CompanionProgram("x", beside: "\(directory)/bin")
        try write("bin/x", permissions: 0o600)
        try FileManager.default.createDirectory(
            atPath: "\(directory)/lib/kata/x", withIntermediateDirectories: true)
        #expect(program.path == nil)
    }

    @Test("is found from a directory at the root, too")
    func root() {
        #expect(CompanionProgram("x", beside: "/bin").places == ["/bin/x", "/lib/kata/x"])
    }

    @Test(
        "has its plugins beside it if it was installed, and where packages have them otherwise",
        arguments: [
            ("/usr/local/bin", "/usr/local/lib/kata/plugins"), ("/usr/bin", "/usr/lib/kata/plugins"),
            ("/bin", "/lib/kata/plugins"), ("/home/me/kata/.build/release", "/usr/lib/kata/plugins"),
        ])
    func plugins(directory: String, plugins: String) {
        #expect(PluginDirectory.defaultPath(besideProgramIn: directory) == plugins)
    }

    private func write(_ name: String, permissions: Int = 0o700) throws {
        let path = URL(fileURLWithPath: "\(directory)/\(name)")
        try FileManager.default.createDirectory(
            at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data().write(to: path)
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path.path)
    }
}
