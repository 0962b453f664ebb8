import Foundation
import KataTestSupport
import Testing

extension Faults {
    @Suite("A database in which bits were flipped, or whose end is missing", .timeLimit(.minutes(180)))
    struct DamageFaultTests {
        @Test("ends no daemon by a signal: it works, or says what it refuses")
        func damage() async throws {
            var rounds = FaultRounds("bits and ends", short: 12, long: 1_000)
            let original = try Workplace()
            try await writeDatabase(in: original)
            var refused = 0
            for round in 1...rounds.count {
                let workplace = try Workplace()
                try workplace.write(original.read("kata.yaml"), to: "kata.yaml")
                var files: [String: Data] = [:]
                for name in ["kata.db", "kata.db-wal"] {
                    files[name] = try Data(contentsOf: URL(fileURLWithPath: original.path(name)))
                }
                let name = rounds.random(0...3) == 0 ? "kata.db-wal" : "kata.db"
                files[name] = damaged(files[name] ?? Data(), &rounds)
                for (name, data) in files {
                    try #require(
                        FileManager.default.createFile(
                            atPath: workplace.path(name), contents: data, attributes: [.posixPermissions: 0o600]))
                }
                let daemon = try workplace.startDaemon()
                let isThere = try await eventually {
                    if daemon.hasEnded { return true }
                    return (try? await workplace.request("GET", "/v1/status").status) == 200
                }
                try #require(isThere)
                daemon.kill(SIGTERM)
                let code = try await daemon.wait(atMost: .seconds(120))
                #expect(code >= 0, "round \(round), SEED=\(rounds.seed): \(daemon.standardError)")
                if code != 0 {
                    refused += 1
                    #expect([74, 78].contains(code) && !daemon.standardError.isEmpty, "round \(round): \(code)")
                }
            }
            rounds.finish("\(refused) refused or given up with a message, the others worked, none ended by a signal")
        }

        /// Jobs that are done, and some that are not, partly in the database's file and partly in its log.
        private func writeDatabase(in workplace: Workplace) async throws {
            try workplace.writeInbox()
            var daemon = try await workplace.startAnsweringDaemon()
            try await workplace.submit((1...300).map { "\($0)" })
            try await #require(eventually { try await workplace.count("jobs WHERE state = 'done'") == 300 })
            daemon.kill(SIGTERM)
            try #require(try await daemon.wait() == 0)
            daemon = try await workplace.startAnsweringDaemon()
            try await workplace.submit((1...50).map { "\($0)" }, to: "mail", "--in", "1h")
            try await workplace.submit((1...50).map { "\($0)" })
            try await workplace.crash(daemon)
        }

        private func damaged(_ data: Data, _ rounds: inout FaultRounds) -> Data {
            var data = data
            if rounds.random(0...4) == 0 { return data.prefix(rounds.random(0...data.count - 1)) }
            for _ in 1...rounds.random(1...8) {
                // The headers are small, and matter most.
                let end = rounds.random(0...3) == 0 ? min(data.count, 120) : data.count
                data[rounds.random(0...end - 1)] ^= 1 << UInt8(rounds.random(0...7))
            }
            return data
        }
    }
}
