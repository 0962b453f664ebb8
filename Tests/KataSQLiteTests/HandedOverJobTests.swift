import KataTestSupport
import Testing

@testable import Kata
@testable import KataSQLite

@Suite("A job that is handed over")
struct HandedOverJobTests {
    @Test(
        "is as it would be read from the store",
        arguments: [
            NewJob(item: ""), NewJob(item: "é\u{0}\n"),
            NewJob(
                item: "x", priority: -3, uniqueKey: "u", maxAttempts: 7, timeout: .milliseconds(1_500), key: "k\u{0}"),
            NewJob(item: "x", priority: 100, timeout: .milliseconds(1) + .microseconds(999) + .nanoseconds(999)),
            NewJob(item: "x", timeout: .microseconds(1)),
        ])
    func agrees(new: NewJob) async throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteJobStore(path: directory.path("kata.db"))
        let run = try store.openRun("p")
        let submitted = try store.submit([new], to: run, at: .sampleStart)
        let read = try await store.pendingJobs(run: run.id, priority: new.priority, after: 0, limit: 1)
        #expect(read == [new.job(id: submitted[0].id, run: run.id)])
        try store.close()
    }
}
