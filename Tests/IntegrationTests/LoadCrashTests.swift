import Foundation
import KataTestSupport
import Testing

/// kill -9 while clients submit, jobs run, and some of them are tried again.
@Suite("A crash under load", .timeLimit(.minutes(10)))
struct LoadCrashTests {
    @Test("loses no acknowledged job, and ends each exactly once")
    func everyJobEndsOnce() async throws {
        var generator = SeededGenerator(seed: 21)
        let workplace = try Workplace()
        // One in five fails for good, one in five at its first attempt.
        try workplace.writeInbox(
            script: "n=${KATA_ITEM##* }; case $((n % 5)) in 0) exit 65;; 1) test $KATA_ATTEMPT -gt 1 || exit 75;; esac",
            workers: 4, pipeline: "interruptions: 1000\n    retry: { attempts: 3, backoff: 20ms, max: 50ms }")
        let clients = (1...4).map { number in
            LoadClient(workplace: workplace, name: "client \(number)")
        }
        let work = clients.map { client in Task { try await client.run() } }
        for _ in 1...rounds(10) {
            let daemon = try await workplace.startAnsweringDaemon()
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...500, using: &generator)))
            try await workplace.crash(daemon)
        }
        let last = try await workplace.startAnsweringDaemon()
        // How many jobs those before it acknowledged depends on the machine; this one stays until there are enough.
        _ = try await eventually { clients.reduce(0) { $0 + $1.acknowledged.all.count } > 4 * rounds(10) }
        for client in clients { client.stop() }
        for task in work { try await task.value }
        let acknowledged = clients.flatMap(\.acknowledged.all)
        try await #require(
            eventually {
                try await workplace.count("jobs WHERE state IN ('pending', 'scheduled')") == 0
            }, "not every job ends")

        #expect(acknowledged.count > 4 * rounds(10))
        #expect(Set(acknowledged).count == acknowledged.count)
        // Neither more nor fewer: what was committed unheard was sent again under its key, until it was acknowledged.
        let rows = try await workplace.query("SELECT job_id, item, state FROM jobs").split(separator: "\n")
        #expect(Set(rows.compactMap { Int($0.components(separatedBy: " | ")[0]) }) == Set(acknowledged))
        for row in rows {
            let columns = row.components(separatedBy: " | ")
            let number = try #require(columns[1].split(separator: " ").last.flatMap { Int($0) })
            #expect(columns[2] == (number % 5 == 0 ? "failed" : "done"), "\(row)")
        }
        #expect(try await workplace.query("SELECT count(*) - count(DISTINCT job_id) FROM result") == "0\n")
        #expect(
            try await workplace.query(
                "SELECT count(*) FROM jobs LEFT JOIN result USING (job_id) WHERE (state = 'done') <> (result.id IS NOT NULL)"
            ) == "0\n")
        #expect(try await workplace.query("PRAGMA integrity_check") == "ok\n")
        #expect(try await workplace.query("PRAGMA foreign_key_check") == "")
        last.kill(SIGTERM)
        #expect(try await last.wait() == 0)
    }
}

/// Submits one job after the other, each again under the same key until it is acknowledged.
private struct LoadClient: Sendable {
    let workplace: Workplace
    let name: String
    /// The ids of its jobs so far.
    let acknowledged = Notes<Int>()
    private let stops = Notes<Bool>()

    init(workplace: Workplace, name: String) {
        self.workplace = workplace
        self.name = name
    }

    /// Submits jobs until it is to stop.
    func run() async throws {
        var number = 0
        while stops.all.isEmpty {
            number += 1
            acknowledged.add(try await submit(number))
        }
    }

    /// Lets it end after the job that it submits.
    func stop() {
        stops.add(true)
    }

    private func submit(_ number: Int) async throws -> Int {
        let job = "{\"item\": \"\(name) \(number)\", \"priority\": \(number % 3)}"
        var id: Int?
        _ = try await eventually {
            // The daemon may be down, or go down now.
            guard let answer = try? await workplace.post(job, key: "\(name) \(number)") else { return false }
            try #require(answer.status == 201, "\(answer.body)")
            id = answer.ids.first
            return true
        }
        return try #require(id, "no answer for \(name) \(number)")
    }
}
