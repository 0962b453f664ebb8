import Foundation
import KataTestSupport
import Testing

extension Floods {
    @Suite(
        "A fork bomb", .timeLimit(.minutes(10)),
        .enabled(if: geteuid() == 0, "the limit counts all processes of a user, and needs one that has no others"))
    struct ForkBombTests {
        @Test("fails for its limit, while other jobs go on, and leaves nothing behind")
        func limited() async throws {
            let workplace = try Workplace()
            try workplace.writeInbox(
                script: "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do sleep 1000 & done; exit 0",
                keys: "user: nobody, limits: { processes: 10 },",
                others: """
                      other:
                        queue_size: 5
                        worker_count: 1
                        producer: { plugin: inbox }
                        consumer: { plugin: exec, command: [/bin/cat] }
                    """)
            try await workplace.withDaemon { daemon in
                let warm = try await workplace.submit(["warm"], to: "other")
                try await workplace.wait(for: warm[0], toBe: "done")
                let descriptors = try Self.pipes(of: daemon.pid)
                let bombs = try await workplace.submit(["1", "2", "3"])
                let others = try await workplace.submit((1...20).map(String.init), to: "other")
                for id in others { try await workplace.wait(for: id, toBe: "done") }
                for id in bombs {
                    try await workplace.wait(for: id, toBe: "failed")
                    let reason = try await workplace.job(id).error
                    #expect(reason?.hasPrefix("exited with 2: ") == true)
                    #expect(reason?.hasSuffix("Cannot fork") == true)
                }
                try await #expect(eventually { try children(of: daemon.pid).isEmpty })
                try await #expect(eventually { try Self.pipes(of: daemon.pid) <= descriptors })
            }
        }

        /// How many pipes to processes, and processes, a process has open.
        private static func pipes(of process: pid_t) throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count { name in
                // The directory itself is closed by now.
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\(name)")
                return target.map { $0.hasPrefix("pipe:") || $0.contains("pidfd") } ?? false
            }
        }
    }
}
