import Kata
import Testing

extension SubmissionBehaviour {
    private static let submissions = [
        Submission(fingerprint: .min, jobs: [SubmittedJob(id: 1)]),
        Submission(
            fingerprint: 0,
            jobs: [7, 8, 9, 3, 11].map { SubmittedJob(id: $0) }
                + [4, 4, 5].map { SubmittedJob(id: $0, isDuplicate: true) }
        ),
        Submission(fingerprint: .max, jobs: (1...10_000).map { SubmittedJob(id: 1_000_000_000_000 + $0) }),
    ]

    static func checkSubmissionKept(_ store: any JobStore) throws {
        let keys = ["one", "é | '\n", "ONE"]
        for (key, submission) in zip(keys, submissions) { try save(submission, key, in: store) }
        for (key, submission) in zip(keys, submissions) { #expect(try read(key, in: store) == submission) }
        #expect(try read("two", in: store) == nil)
        #expect(try read("", in: store) == nil)
    }

    static func checkSubmissionOfPipeline(_ store: any JobStore) throws {
        try save(submissions[0], "key", of: "a", in: store)
        #expect(try read("key", of: "b", in: store) == nil)
        try save(submissions[1], "key", of: "b", in: store)
        #expect(try read("key", of: "a", in: store) == submissions[0])
        #expect(try read("key", of: "b", in: store) == submissions[1])
    }

    static func checkSubmissionExpires(_ store: any JobStore) throws {
        for second in 0...4 {
            try save(submissions[0], "\(second)", of: second == 1 ? "b" : "a", at: second, in: store)
        }
        try save(submissions[1], "new", at: 9, forgettingBefore: 3, in: store)
        for (key, pipeline) in [("0", "a"), ("1", "b"), ("2", "a")] {
            #expect(try read(key, of: pipeline, in: store) == nil)
        }
        for key in ["3", "4"] { #expect(try read(key, in: store) == submissions[0]) }
        #expect(try read("new", in: store) == submissions[1])
    }

    static func checkSubmissionUndone(_ store: any JobStore) throws {
        try save(submissions[0], "old", at: 0, in: store)
        struct Refusal: Error {}
        #expect(throws: Refusal.self) {
            try store.transaction { transaction in
                try transaction.saveSubmission(
                    submissions[1], key: "new", pipeline: "a", at: .sampleEnd, forgettingBefore: .sampleEnd)
                #expect(try transaction.submission(key: "new", pipeline: "a") == submissions[1])
                throw Refusal()
            }
        }
        #expect(try read("new", in: store) == nil)
        #expect(try read("old", in: store) == submissions[0])
    }

    /// - Parameters:
    ///   - second: when it is saved, in seconds after ``Timestamp/sampleStart``.
    ///   - expiry: what was saved before this second is forgotten.
    private static func save(
        _ submission: Submission, _ key: String, of pipeline: String = "a", at second: Int = 0,
        forgettingBefore expiry: Int = 0, in store: any JobStore
    ) throws {
        try store.transaction { transaction in
            try transaction.saveSubmission(
                submission, key: key, pipeline: pipeline, at: .sample(after: .seconds(second)),
                forgettingBefore: .sample(after: .seconds(expiry)))
        }
    }

    private static func read(
        _ key: String, of pipeline: String = "a", in store: any JobStore
    ) throws -> Submission? {
        try store.transaction { try $0.submission(key: key, pipeline: pipeline) }
    }
}
