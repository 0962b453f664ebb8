import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A recorder whose store begins each transaction anew", .timeLimit(.minutes(10)))
struct RepeatedTransactionTests {
    /// A store that carries out each body twice, and keeps only the second time, as one may have to that others use as well.
    private final class RepeatingStore: JobStore, ForwardingReader {
        private struct TakenBack: Error {}

        let memory = MemoryJobStore()
        var reader: any JobStoreReader { memory }

        func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
            do {
                try memory.transaction { transaction in
                    _ = try body(transaction)
                    throw TakenBack()
                }
            } catch is TakenBack {
                // As if it had never been.
            }
            return try memory.transaction(body)
        }
    }

    @Test("tells of each end once, and answers once")
    func once() async throws {
        let store = RepeatingStore()
        let jobs = try await store.memory.run("a", items: ["0", "1", "2"]).jobs
        _ = try store.memory.openRun("alarms")
        let recorder = Recorder(store: store, logger: PipelineFixture.logger)
        let rules = AlarmRules(pipeline: "a", failures: .init(pipeline: "alarms"))
        try await recorder.record(.sample(of: jobs[0], .failed(reason: "no")), alarms: rules)
        try await recorder.record(.sample(of: jobs[1]), alarms: rules)
        // Refused, as the job is finished by then.
        try await recorder.record(.sample(of: jobs[1], by: "c2"), alarms: rules)
        let committed = Notes<Int>()
        try await recorder.perform(
            { try $0.saveDrain(DrainReceipt(at: .sampleStart), of: "a") }, committed: { committed.add(1) })
        await recorder.stop()
        let alarms = try await store.memory.jobs(JobFilter(pipeline: "alarms"), before: .max, limit: 10, textLimit: 10)
        #expect(alarms.count == 1, "a failure is told of once")
        try await #expect(store.memory.lines() == ["c1 | 1"])
        #expect(committed.all == [1])
    }
}
