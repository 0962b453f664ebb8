import Foundation
import KataTestSupport
import Testing

/// A daemon whose disk fails again and again, in different ways and at any moment.
@Suite("A disk that fails for moments", .timeLimit(.minutes(10)))
struct FailingDiskTests {
    @Test("neither ends the daemon nor has it lose or repeat what it has acknowledged")
    func randomFaults() async throws {
        let workplace = try Workplace()
        try workplace.write(
            """
            pipelines:
              work:
                queue_size: 5
                worker_count: 2
                producer: { plugin: inbox }
                consumer: { plugin: exec, command: ["true"] }
            """, to: "kata.yaml")
        let disk = try await FaultyDisk(in: workplace)
        let daemon = try workplace.startDaemon(environment: disk.environment)
        try await workplace.waitForSocket()
        var random = SeededGenerator.printed(for: "faults of the disk")
        // Not a child of this test: where an expectation fails, nobody could wait for it any more.
        let acknowledged = Notes<Int>()
        let client = Task {
            while !Task.isCancelled {
                // No answer means that nobody knows; then it may be there or not.
                guard let answer = try? await workplace.post(#"{"item": "x"}"#, to: "work") else { continue }
                for id in answer.ids { acknowledged.add(id) }
            }
        }
        defer { client.cancel() }
        for _ in 1...rounds(6) {
            let before = acknowledged.all.count
            let more = Int.random(in: 0..<50, using: &random)
            try await #require(eventually { acknowledged.all.count > before + more })
            try disk.set(FaultyDisk.Faults(rawValue: UInt8.random(in: 1...7, using: &random)))
            // Until it was noticed, or for a while in which it may go unnoticed.
            let moments = Int.random(in: 0..<20, using: &random)
            var asked = 0
            try await #require(
                eventually {
                    asked += 1
                    if asked > moments { return true }
                    return try await isFailing(workplace)
                })
            try disk.set([])
            try await #require(eventually { try await isFailing(workplace) == false })
        }
        client.cancel()
        await client.value
        let pending = "SELECT count(*) FROM jobs WHERE state = 'pending'"
        try await #require(eventually { try await workplace.query(pending) == "0\n" })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
        let done = try await workplace.query("SELECT job_id, count(*) FROM jobs WHERE state = 'done' GROUP BY 1")
        let ids = Set(done.split(separator: "\n").compactMap { Int($0.split(separator: " ")[0]) })
        #expect(Set(acknowledged.all).subtracting(ids).isEmpty)
        #expect(
            try await workplace.query(
                "SELECT count(*) FROM jobs WHERE state <> 'done' OR attempt > 1 OR interruptions > 0")
                == "0\n")
        #expect(try await workplace.query("SELECT count(*) - (SELECT count(*) FROM jobs) FROM results") == "0\n")
        #expect(try await workplace.query("PRAGMA integrity_check") == "ok\n")
    }

    private func isFailing(_ workplace: Workplace) async throws -> Bool {
        try await workplace.request("GET", "/readyz").status != 200
    }
}
