import Testing

@testable import Kata

@Suite("A job that is asked for")
struct JobFaultTests {
    @Test("is taken at each of its limits")
    func limits() throws {
        try NewJob(item: "").check()
        try NewJob(item: String(repeating: "x", count: NewJob.itemLimit)).check()
        let key = String(repeating: "k", count: NewJob.keyLimit)
        for (priority, attempts) in [(-100, 1), (100, 1_000)] {
            try NewJob(
                item: "x", priority: priority, uniqueKey: key, maxAttempts: attempts, timeout: .milliseconds(1),
                key: key,
                after: [1, 2]
            ).check()
        }
    }

    @Test(
        "is refused beyond one",
        arguments: [
            (NewJob(item: String(repeating: "x", count: NewJob.itemLimit + 1)), "the item has 1048577 bytes"),
            (NewJob(item: "", priority: 101), "priority is 101"), (NewJob(item: "", priority: .min), "priority is -9"),
            (NewJob(item: "", maxAttempts: 0), "number of attempts is 0"),
            (NewJob(item: "", maxAttempts: .max), "number of attempts is 9"),
            (NewJob(item: "", timeout: .zero), "timeout is 0.0"),
            (NewJob(item: "", timeout: .seconds(-1)), "timeout is -1.0"),
            (NewJob(item: "", uniqueKey: ""), "unique key's size is 0"),
            (NewJob(item: "", key: String(repeating: "é", count: 200)), "key's size is 400"),
            (NewJob(item: "", after: manyIDs), "number of jobs in after is 9"),
        ])
    func refused(job: NewJob, part: String) throws {
        let fault = #expect(throws: JobFault.self) { try job.check() }
        #expect(fault?.description.contains(part) == true, "\(fault?.description ?? "")")
    }

    private static var manyIDs: JobIDs {
        var ids = JobIDs()
        ids.append(1 ... .max)
        ids.append(1 ... .max)
        return ids
    }
}
