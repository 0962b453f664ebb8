import Dispatch
import Foundation
import Kata
import Testing

extension JobStoreBehaviour {
    static func checkTransactionResult(_ store: any JobStore) throws {
        let answer = try store.transaction { transaction in
            let run = try transaction.startRun(pipeline: "a", items: 2, at: .sampleStart)
            try transaction.add(items: ["x", "y"], to: run.id, progress: .exhausted, at: .sampleStart)
            return "\(run.pipeline): \(run.items ?? 0)"
        }
        #expect(answer == "a: 2")
    }

    static func checkTransactionThrows(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: ["x"], progress: .at(cursor: "1"))
        let before = try await store.latestRun(pipeline: "a")

        #expect(throws: Refusal()) {
            try store.transaction { transaction in
                try transaction.add(items: [], to: run.id, progress: .exhausted, at: .sampleStart)
                let added = try transaction.submit([NewJob(item: "y")], to: run.id, uniqueFor: .zero, at: .sampleStart)
                _ = try transaction.cancel(added[0].id, at: .sampleStart)
                #expect(try transaction.completes(.sample(of: jobs[0])))
                try transaction.saveDrain(DrainReceipt(at: .sampleStart), of: "a")
                #expect(try transaction.endSession(run: run.id, elapsed: .seconds(1), at: .sampleEnd))
                _ = try transaction.startRun(pipeline: "a", items: 1, at: .sampleStart)
                throw Refusal()
            }
        }

        try await #expect(store.latestRun(pipeline: "a") == before)
        try await #expect(store.unfinishedRun(pipeline: "a") == before)
        try await #expect(store.pendingJobs(run: run.id, after: 0, limit: 10) == jobs)
        try await #expect(store.counts(pipeline: "a") == JobCounts(pending: 1))
        try await #expect(store.lines().isEmpty)
        try await #expect(store.lastDrain(pipeline: "a") == nil)
    }

    static func checkGoesOn(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: ["x"])
        for _ in 1...3 {
            #expect(throws: Refusal()) {
                try store.transaction { transaction in
                    _ = try transaction.completes(.sample(of: jobs[0], by: "c9"))
                    throw Refusal()
                }
            }
        }
        #expect(try store.complete(jobs[0]))
        try store.finish(run)
        try await #expect(store.lines() == ["c1 | x"])
    }

    static func checkRefusalLeavesOthers(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: ["x", "y"])
        try store.transaction { transaction in
            _ = try transaction.completes(.sample(of: jobs[0]))
            #expect(throws: StoreError.runUnfinished(pipeline: "a", run: run.id)) {
                try transaction.startRun(pipeline: "a", items: 1, at: .sampleStart)
            }
            #expect(throws: StoreError.unknownRun(run.id + 1)) {
                try transaction.add(items: ["z"], to: run.id + 1, progress: .exhausted, at: .sampleStart)
            }
            _ = try transaction.completes(.sample(of: jobs[1]))
        }
        try await #expect(store.lines() == ["c1 | x", "c1 | y"])
        try await #expect(store.latestRun(pipeline: "a")?.id == run.id)
    }

    static func checkAttempt(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: ["x", "y"], progress: .at(cursor: "2"))
        let answer = try store.transaction { transaction in
            _ = try transaction.completes(.sample(of: jobs[0]))
            for _ in 1...2 {
                #expect(throws: Refusal()) {
                    try transaction.attempt {
                        _ = try transaction.completes(.sample(of: jobs[1], by: "c9"))
                        try transaction.add(items: ["z"], to: run.id, progress: .exhausted, at: .sampleStart)
                        try transaction.saveDrain(DrainReceipt(at: .sampleStart), of: "a")
                        throw Refusal()
                    }
                }
            }
            return try transaction.attempt { try transaction.completes(.sample(of: jobs[1], by: "c2")) }
        }
        #expect(answer)
        try await #expect(store.lines() == ["c1 | x", "c2 | y"])
        try await #expect(store.latestRun(pipeline: "a")?.progress == .at(cursor: "2"))
        try await #expect(store.counts(pipeline: "a") == JobCounts(done: 2))
        try await #expect(store.lastDrain(pipeline: "a") == nil)
    }

    static func checkOpenTransactionUnseen(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: ["x"], progress: .at(cursor: "1"))
        let before = try await store.latestRun(pipeline: "a")
        let (isWritten, isEnded, mayCommit) = (Latch(), Latch(), DispatchSemaphore(value: 0))
        // A thread of its own: it blocks while the test reads.
        Thread.detachNewThread {
            #expect(throws: Never.self) {
                try store.transaction { transaction in
                    try transaction.add(items: ["y"], to: run.id, progress: .exhausted, at: .sampleStart)
                    _ = try transaction.completes(.sample(of: jobs[0]))
                    isWritten.open()
                    mayCommit.wait()
                }
            }
            isWritten.open()
            isEnded.open()
        }

        try await isWritten.wait()
        // Whatever a read throws, the thread can go on.
        let reads = await Result(catching: { try await (store.latestRun(pipeline: "a"), store.lines()) })
        mayCommit.signal()
        try await isEnded.wait()

        #expect(try reads.get().0 == before)
        #expect(try reads.get().1 == [])
        try await #expect(store.latestRun(pipeline: "a")?.counts == JobCounts(pending: 1, done: 1))
        try await #expect(store.lines() == ["c1 | x"])
    }
}

private struct Refusal: Error, Equatable {}

extension Result where Failure == any Error {
    fileprivate init(catching body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
