import Foundation
import KataTestSupport
import Testing

extension Faults {
    @Suite("A daemon that is short of descriptors", .timeLimit(.minutes(60)))
    struct ShortageFaultTests {
        @Test("refuses to start, and says what it lacks, or works; the next start takes its database")
        func descriptors() async throws {
            var rounds = FaultRounds("few descriptors", short: 3, long: 100)
            let workplace = try Workplace()
            try workplace.writeLoad()
            var refused = 0
            for round in 1...rounds.count {
                let count = rounds.random(8...96)
                let place = "round \(round), \(count) descriptors, SEED=\(rounds.seed)"
                let daemon = try ChildProcess(
                    "prlimit", ["--nofile=\(count):\(count)", Binaries.katad, "--config", "kata.yaml"],
                    in: workplace.directory)
                let isThere = try await eventually {
                    if daemon.hasEnded { return true }
                    return (try? await workplace.request("GET", "/v1/status").status) == 200
                }
                #expect(isThere, "\(place): neither works nor ends: \(daemon.standardError)")
                daemon.kill(SIGTERM)
                let code = try await daemon.wait()
                #expect(code == (count < 64 ? 78 : 0), "\(place): \(daemon.standardError)")
                if code == 78 {
                    refused += 1
                    #expect(daemon.standardError.contains("no more than \(count) files may be open here"), "\(place)")
                }
            }
            try await workplace.withDaemon { _ in }
            rounds.finish("\(refused) refused with a message, the others worked, none ended by a signal")
        }
    }
}
