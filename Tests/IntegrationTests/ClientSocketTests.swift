import Foundation
import KataTestSupport
import Testing

@Suite("The daemon that a command asks", .timeLimit(.minutes(10)))
struct ClientSocketTests {
    @Test(
        "passes over a daemon that the user may not ask",
        .enabled(if: geteuid() == 0, "it takes root to be another user"))
    func passedOver() async throws {
        let workplace = try Workplace()
        let nobody: uid_t = 65_534
        try workplace.writeInbox(script: "true", top: "socket: kata.sock\nsocket_mode: 0666")
        try #require(chmod(workplace.directory.path, 0o755) == 0)
        // As the system's socket is: of root, and for nobody else.
        try FileManager.default.createDirectory(
            at: workplace.directory.appendingPathComponent("run/kata"), withIntermediateDirectories: true)
        let other = try workplace.write("", to: "run/kata/kata.sock")
        try #require(chmod(other, 0o600) == 0)
        let daemon = try await workplace.startAnsweringDaemon()
        let arguments = [
            "--reuid=\(nobody)", "--regid=\(nobody)", "--clear-groups", Binaries.kataControl, "status",
            "--json",
        ]
        let environment = ["XDG_RUNTIME_DIR": workplace.path("run")]
        let outcome = try await workplace.run("setpriv", arguments, environment: environment)
        #expect(outcome.code == 0 && outcome.output.contains("\"mail\""), "\(outcome)")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        // What is not there, or may not be asked, is told by its name.
        let refused = try await workplace.run("setpriv", arguments, environment: environment)
        #expect(refused.code != 0 && refused.errors.contains(other), "\(refused)")
    }
}
