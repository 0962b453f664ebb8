import Foundation
import KataTestSupport
import Testing

extension Faults {
    @Suite("kill -9 while jobs fail that another pipeline is told of", .timeLimit(.minutes(180)))
    struct AlarmFaultTests {
        @Test("leaves exactly one job of that pipeline for each failure")
        func kill() async throws {
            var rounds = FaultRounds("kill -9 while jobs fail", short: 20, long: 200)
            let workplace = try Workplace()
            try workplace.writeInbox(
                script: "exit $((${KATA_ITEM%% *} % 2))", workers: 4,
                pipeline: "interruptions: 1000\n    on_failure: alarms",
                others: """
                      alarms:
                        queue_size: 10
                        worker_count: 2
                        interruptions: 1000
                        producer: { plugin: inbox }
                        consumer: { plugin: exec, command: ["true"] }
                    """)
            var submitted = 0
            for round in 1...rounds.count {
                let daemon = try await workplace.startAnsweringDaemon()
                try await Self.expectOneEach(workplace, "round \(round), SEED=\(rounds.seed)")
                let items = (1...40).map { "\(submitted + $0) of round \(round)" }
                try await workplace.submit(items)
                submitted += items.count
                try await rounds.wait(milliseconds: 0...150)
                try await workplace.crash(daemon)
            }
            try await workplace.withDaemon { _ in
                try await #require(
                    eventually { try await workplace.count("jobs WHERE state NOT IN ('done', 'failed')") == 0 },
                    "not every job ends")
            }
            try await Self.expectOneEach(workplace, "in the end, SEED=\(rounds.seed)")
            let failures = try await workplace.count("jobs WHERE pipeline = 'mail' AND state = 'failed'")
            try await #expect(workplace.count("jobs WHERE pipeline = 'mail'") == submitted)
            #expect(failures == submitted / 2)
            rounds.finish("\(submitted) jobs, \(failures) failures, one job of the other pipeline for each")
        }

        /// Items of other pipelines are no JSON, and may be looked at first.
        private static let toldJob = "CASE WHEN json_valid(told.item) THEN told.item ->> 'id' END"

        /// Compares the jobs that have failed with those that tell of them, in one transaction.
        private static func expectOneEach(_ workplace: Workplace, _ place: String) async throws {
            let wrong = try await workplace.query(
                """
                SELECT failed.job_id, count(told.job_id) FROM jobs AS failed
                LEFT JOIN jobs AS told ON told.pipeline = 'alarms' AND \(Self.toldJob) = failed.job_id
                WHERE failed.pipeline = 'mail' AND failed.state = 'failed'
                GROUP BY failed.job_id HAVING count(told.job_id) <> 1
                UNION ALL
                SELECT told.job_id, -1 FROM jobs AS told
                WHERE told.pipeline = 'alarms' AND NOT EXISTS (SELECT 1 FROM jobs WHERE pipeline = 'mail'
                    AND state = 'failed' AND job_id = \(Self.toldJob))
                LIMIT 10
                """)
            #expect(wrong.isEmpty, "\(place): job | jobs that tell of it: \(wrong)")
        }
    }
}
