/// The items of jobs that tell of other jobs: JSON documents, see docs/jobs.md.
enum AlarmDocument {
    /// How many bytes of an item, and of a reason, are told.
    static let textLimit = 4 << 10
    /// The same in examples.
    static let exampleTextLimit = 1 << 10
    /// How many examples a document has.
    static let exampleLimit = 5

    /// A job that has failed, with what the store knows of it.
    struct Failure {
        let job: Job
        let reason: String
        let failedAt: Timestamp
        let origin: JobOrigin
    }

    /// The document of one failure.
    static func text(of failure: Failure, in pipeline: String) -> String {
        "{\(head(of: failure, in: pipeline))}"
    }

    /// The document of several failures: the fields of the first one, and then how many there are, with examples.
    static func text(of failures: GatheredFailures) -> String {
        """
        {\(failures.head),"count":\(failures.count),"last_failed_at":"\(failures.lastAt.iso8601)",\
        "examples":[\(failures.examples)]}
        """
    }

    /// Begins a document of several failures with the first one.
    static func gather(_ failure: Failure, in pipeline: String) -> GatheredFailures {
        GatheredFailures(
            count: 1, lastAt: failure.failedAt, head: head(of: failure, in: pipeline), examples: example(of: failure),
            exampleCount: 1)
    }

    /// Adds a failure to a document.
    static func gather(_ failure: Failure, into failures: inout GatheredFailures) {
        failures.count += 1
        failures.lastAt = max(failures.lastAt, failure.failedAt)
        if failures.exampleCount == exampleLimit { return }
        failures.exampleCount += 1
        failures.examples += "," + example(of: failure)
    }

    /// The document of the first success after failures.
    static func text(
        ofRecovery job: Job, doneAt: Timestamp, _ origin: JobOrigin, after failure: OpenFailure, in pipeline: String
    ) -> String {
        object { json in
            json.field("event", AlarmKind.recovery.rawValue)
            json.field("pipeline", pipeline)
            add(job, origin, limit: textLimit, to: &json)
            json.field("done_at", doneAt.iso8601)
            json.field("failed_job", failure.job)
            json.field("failed_since", failure.since.iso8601)
            json.field("failures", failure.count)
        }
    }

    /// The document of a success that did not come in time.
    static func text(of overdue: Overdue, within: Duration, at now: Timestamp, in pipeline: String) -> String {
        object { json in
            json.field("event", AlarmKind.overdue.rawValue)
            json.field("pipeline", pipeline)
            if let entry = overdue.entry { json.field("entry", entry) }
            json.field("success_within_seconds", within.milliseconds / 1_000)
            json.field("since", overdue.since.iso8601)
            json.field("overdue_at", now.iso8601)
        }
    }

    private static func head(of failure: Failure, in pipeline: String) -> String {
        let text = object { json in
            json.field("event", AlarmKind.failure.rawValue)
            json.field("pipeline", pipeline)
            add(failure, limit: textLimit, to: &json)
        }
        return String(text.dropFirst().dropLast())
    }

    private static func example(of failure: Failure) -> String {
        object { add(failure, limit: exampleTextLimit, to: &$0) }
    }

    private static func add(_ failure: Failure, limit: Int, to json: inout JSONWriter) {
        add(failure.job, failure.origin, limit: limit, to: &json)
        json.field("reason", CutText(failure.reason, limit: limit).marked)
        json.field("failed_at", failure.failedAt.iso8601)
    }

    private static func add(_ job: Job, _ origin: JobOrigin, limit: Int, to json: inout JSONWriter) {
        let item = CutText(job.item, limit: limit)
        json.field("id", job.id)
        json.field("item", item.beginning)
        if item.isCut {
            json.field("item_bytes", item.bytes)
            json.field("item_cut", true)
        }
        if let key = job.key { json.field("key", key) }
        if let entry = origin.entry { json.field("entry", entry) }
        json.field("attempts", job.attempt)
        json.field("created_at", origin.createdAt.iso8601)
    }

    private static func object(_ fields: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        json.object(fields)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
