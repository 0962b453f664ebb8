import Kata
import Testing

extension DependencyBehaviour {
    static func checkCancelledWithIsKept(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let root = try store.submit(NewJob(item: "root"), to: run)
        let dependents = try (0..<3).map { _ in try store.submit(NewJob(item: "x", after: [root]), to: run) }
        let second = try store.submit(NewJob(item: "y", after: [dependents[0]]), to: run)
        _ = try store.transaction { try $0.cancel(root, at: .sampleEnd) }
        let late = try store.submit(NewJob(item: "z", after: [root]), to: run)
        var failed = NewJob(item: "z", after: [root])
        failed.failure = "no"
        let other = try store.submit(failed, to: run)
        func cancelled(with job: Job.ID, after id: Job.ID = 0, limit: Int = 100) async throws -> [Job.ID] {
            try await store.jobsCancelled(with: job, after: id, limit: limit)
        }
        try await #expect(cancelled(with: root) == dependents + [late])
        try await #expect(cancelled(with: root, after: dependents[0], limit: 1) == [dependents[1]])
        try await #expect(cancelled(with: dependents[0]) == [second])
        try await #expect(store.record(second).cancelledWith == dependents[0])
        for job in [root, other] { try await #expect(store.record(job).cancelledWith == nil) }

        // Tried again, it has an error still, and is cancelled on its own.
        _ = try store.transaction { try $0.retry(dependents[1], at: .sampleEnd) }
        try await #expect(cancelled(with: root) == [dependents[0], dependents[2], late])
        _ = try store.transaction { try $0.cancel(dependents[1], at: .sampleEnd) }
        try await #expect(store.record(dependents[1]).error?.contains("which it was to wait for") == true)
        try await #expect(cancelled(with: root) == [dependents[0], dependents[2], late])
        _ = try store.transaction { transaction in
            _ = try transaction.retry(root, at: .sampleEnd)
            return try transaction.retry(dependents[2], after: [root], at: .sampleEnd)
        }
        try await #expect(cancelled(with: root) == [dependents[0], late])
        // A job that was cancelled with another one can be forgotten.
        let selection = PruneSelection(
            pipeline: "a", state: .cancelled, finishedBefore: .sample(after: .seconds(1_000_000)))
        #expect(try store.transaction { try $0.prune([dependents[0]], selection) } == 1)
        try await #expect(cancelled(with: root) == [late])
    }
}
