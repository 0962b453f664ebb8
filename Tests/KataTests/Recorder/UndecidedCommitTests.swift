import KataTestSupport
import KataTesting
import Logging
import Synchronization
import Testing

@testable import Kata

@Suite("A recorder that lost the answer to a commit", .timeLimit(.minutes(10)))
struct UndecidedCommitTests {
    /// A store that loses the answer to its next commit, which it may have made, and is not to be reached for a while then.
    private final class ForgetfulStore: JobStore, ForwardingReader {
        let memory = MemoryJobStore()
        var reader: any JobStoreReader { memory }
        private let state = Mutex((losesAnswer: false, keeps: false, failures: 0, transactions: 0))

        /// - Parameters:
        ///   - keeps: whether the commit is made.
        ///   - failures: how often it can't be found out then.
        func loseAnswer(keeps: Bool, failures: Int) {
            state.withLock { $0 = (true, keeps, failures, 0) }
        }

        /// How many transactions were begun since the answer was lost.
        var transactions: Int { state.withLock { $0.transactions } }

        func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
            let (losesAnswer, keeps) = state.withLock { state in
                state.transactions += 1
                defer { state.losesAnswer = false }
                return (state.losesAnswer, state.keeps)
            }
            if !losesAnswer { return try memory.transaction(body) }
            let lost = StoreFailure(.failing, "the connection was lost", isUndecided: true)
            if keeps {
                _ = try memory.transaction(body)
                throw lost
            }
            return try memory.transaction { transaction in
                _ = try body(transaction)
                throw lost
            }
        }

        func hasKeptUndecided() throws -> Bool {
            try state.withLock { state in
                if state.failures > 0 {
                    state.failures -= 1
                    throw StoreFailure(.failing, "no connection")
                }
                return state.keeps
            }
        }
    }

    private let store = ForgetfulStore()

    @Test("records everything once, and answers it once", arguments: [false, true])
    func once(keeps: Bool) async throws {
        let (run, jobs) = try await store.memory.run("a", items: ["0", "1", "2"])
        let recorder = Recorder(
            store: store, patience: StorePatience(interval: .milliseconds(1), limit: .seconds(600)),
            logger: PipelineFixture.logger)
        let committed = Notes<String>()
        store.loseAnswer(keeps: keeps, failures: 3)
        _ = try await recorder.perform { transaction in
            try transaction.submit([NewJob(item: "new")], to: run.id, uniqueFor: .zero, at: .sampleStart)
        } committed: {
            committed.add("submitted \($0.count)")
        }
        store.loseAnswer(keeps: keeps, failures: 2)
        for job in jobs { try await recorder.record(.sample(of: job)) }
        await #expect(throws: StoreError.unknownJob(99)) {
            _ = try await recorder.perform { try $0.cancel(99, at: .sampleStart) }
        }
        _ = try await recorder.perform { transaction in
            try transaction.submit([NewJob(item: "last")], to: run.id, uniqueFor: .zero, at: .sampleStart)
        } committed: { _ in
            committed.add("last")
        }
        try await #expect(store.memory.lines() == ["c1 | 0", "c1 | 1", "c1 | 2"])
        let items = try await store.memory.jobs(JobFilter(), before: .max, limit: 10, textLimit: 100).map(\.job.item)
        #expect(items == ["last", "new", "2", "1", "0"])
        #expect(committed.all == ["submitted 1", "last"])
        #expect(recorder.outage == nil)
        await recorder.stop()
    }

    @Test("tells a refusal as it was, where the commit was made")
    func refusal() async throws {
        let (run, _) = try await store.memory.run("a", items: [])
        let recorder = Recorder(
            store: store, patience: StorePatience(interval: .milliseconds(1), limit: .seconds(600)),
            logger: PipelineFixture.logger)
        store.loseAnswer(keeps: true, failures: 1)
        await #expect(throws: StoreError.unknownJob(99)) {
            _ = try await recorder.perform { try $0.cancel(99, at: .sampleStart) }
        }
        #expect(store.transactions == 1, "what was kept is not done again")
        store.loseAnswer(keeps: true, failures: 1)
        let submitted = try await recorder.perform { transaction in
            try transaction.submit([NewJob(item: "x")], to: run.id, uniqueFor: .zero, at: .sampleStart)
        }
        #expect(submitted.map(\.id) == [1])
        #expect(store.transactions == 1)
        try await #expect(store.memory.counts(pipeline: "a").pending == 1)
        await recorder.stop()
    }
}
