import Kata
import Testing

@Suite("The pattern of an error")
struct ErrorPatternTests {
    @Test(
        "masks numbers, paths, quoted texts and ids, and leaves the words",
        arguments: [
            ("exited with 3", "exited with #"),
            ("exited with 3: can't open '/var/a7': line 12", "exited with #: can't open '…': line #"),
            ("timed out after 1.500 s", "timed out after # s"),
            ("no such file /tmp/a/b.txt, gone", "no such file <path>, gone"),
            ("GET https://host:80/x?a=1: 503", "GET <path>: #"),
            ("job 3f2a9c1e-77aa-4b1c-9d00-1234567890ab failed", "job <id> failed"),
            ("(row 17) of \"Müller\"", "(row #) of \"…\""),
            ("worker-12 said it isn't so, don't ask", "worker-# said it isn't so, don't ask"),
            ("line one\n  line   two\t3", "line one line two #"),
            ("it's 'unfinished", "it's 'unfinished"),
            ("", ""), ("/", "/"), ("...", "..."), ("é 10.0.0.1", "é #"),
        ])
    func mask(error: String, pattern: String) {
        #expect(ErrorPattern(of: error).text == pattern)
    }

    @Test("puts failures of a pipeline into groups, with how many there are, the first and the latest")
    func groups() {
        func record(_ id: Job.ID, _ pipeline: String, _ error: String?, second: Int) -> JobRecord {
            JobRecord(
                job: Job(id: id, runID: 1, item: "x"), pipeline: pipeline, state: .failed, error: error,
                createdAt: Timestamp(milliseconds: 0), finishedAt: Timestamp(milliseconds: Int64(second) * 1_000))
        }
        let groups = FailureGroup.groups(of: [
            record(5, "a", "exited with 3", second: 9), record(4, "b", "exited with 3", second: 8),
            record(3, "a", "exited with 44", second: 2), record(2, "a", nil, second: 1),
        ])
        #expect(groups.map(\.count) == [2, 1, 1])
        #expect(groups.map(\.example) == [5, 4, 2])
        #expect(groups[0].pattern == "exited with #" && groups[0].error == "exited with 3")
        #expect(groups[0].first.milliseconds == 2_000 && groups[0].last.milliseconds == 9_000)
        #expect(Set(groups.map(\.id)).count == 3)
        #expect(groups.allSatisfy { group in group.id.count == 12 })
        #expect(groups[0].id == FailureGroup.id(pipeline: "a", error: "exited with 5"))
    }
}
