import Foundation
import KataTestSupport
import Testing

extension Faults {
    @Suite("A daemon that is short of something", .timeLimit(.minutes(60)))
    struct ShortageFaultTests {
        enum Shortage: String, CaseIterable, Sendable {
            case descriptors = "nofile"
            /// Root may have as many as there are, so the daemon is another user's.
            case threads = "nproc"
        }

        @Test(
            "works, or says what it lacks, and leaves a database that the next start takes",
            arguments: Shortage.allCases)
        func shortage(of shortage: Shortage) async throws {
            var rounds = FaultRounds("few \(shortage)", short: 2, long: 50)
            guard shortage == .descriptors || geteuid() == 0 else {
                return print("skipped: only root can become a user that has no processes")
            }
            var refused = 0
            for round in 1...rounds.count {
                let workplace = try Workplace()
                try workplace.writeLoad()
                let count = rounds.random(shortage == .descriptors ? 4...40 : 1...12)
                var command = ["--\(shortage.rawValue)=\(count):\(count)", Binaries.katad, "--config", "kata.yaml"]
                if shortage == .threads {
                    try #require(chown(workplace.directory.path, 54_321, 54_321) == 0)
                    command = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", "prlimit"] + command
                } else {
                    command.insert("prlimit", at: 0)
                }
                let daemon = try ChildProcess(command[0], Array(command.dropFirst()), in: workplace.directory)
                let isThere = try await eventually(within: .seconds(60)) {
                    // It may work, and have no descriptor left for who asks.
                    if daemon.hasEnded || daemon.standardError.contains("connections have to wait") { return true }
                    return (try? await workplace.request("GET", "/v1/status").status) == 200
                }
                let place = "round \(round), \(count) \(shortage), SEED=\(rounds.seed)"
                #expect(isThere, "\(place): neither works nor ends: \(daemon.standardError)")
                daemon.kill(SIGTERM)
                let code = try await daemon.wait(atMost: .seconds(60))
                #expect(code >= 0, "\(place): \(daemon.standardError)")
                if code != 0 {
                    refused += 1
                    #expect(!daemon.standardError.isEmpty, "\(place): \(code)")
                }
                if shortage == .threads {
                    _ = try await workplace.run("chown", ["-R", "0:0", workplace.directory.path])
                }
                try await workplace.withDaemon { _ in }
            }
            rounds.finish("\(refused) refused with a message, the others worked")
        }
    }
}
