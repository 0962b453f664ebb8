import Kata

/// New rows of `job`, which are written in one statement.
struct JobRows {
    private let run: Run.ID
    private let time: Timestamp
    private var jobs: [Row] = []

    init(run: Run.ID, time: Timestamp) {
        self.run = run
        self.time = time
    }

    mutating func add(_ job: NewJob, id: Job.ID, _ place: JobPlace) {
        jobs.append(Row(job: job, id: id, place: place, time: time))
    }

    mutating func removeAll() {
        jobs.removeAll()
    }

    var isEmpty: Bool { jobs.isEmpty }

    /// These and others; `nil` if they don't go into one statement.
    func joined(with others: JobRows) -> JobRows? {
        guard run == others.run, isPlain == others.isPlain else { return nil }
        var joined = self
        joined.jobs += others.jobs
        return joined
    }

    /// The statement that writes them.
    var statement: PostgresStatement { isPlain ? plain : full }

    private var isPlain: Bool { jobs.allSatisfy { $0.job.isPlain && $0.place.state == .pending } }

    /// Mostly there is nothing but an item.
    private var plain: PostgresStatement {
        PostgresStatement(
            """
            INSERT INTO job (run_id, id, created_at, item)
            SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::text[])
            """,
            [.integer(run), .integers(jobs.map(\.id)), .integers(times), .texts(jobs.map(\.job.item))])
    }

    private var times: [Int64?] { jobs.map(\.time.milliseconds) }

    private var full: PostgresStatement {
        let states = jobs.map(\.place.state)
        return PostgresStatement(
            """
            INSERT INTO job (run_id, id, created_at, item, state, priority, run_at, unique_key, max_attempts, timeout_ms,
                limit_key, blockers, error, finished_at, put_off_at)
            SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[],
                $9::bigint[], $10::bigint[], $11::text[], $12::bigint[], $13::text[], $14::bigint[], $15::bigint[])
            """,
            [
                .integer(run), .integers(jobs.map(\.id)), .integers(times), .texts(jobs.map(\.job.item)),
                .integers(states.map(\.code)), .integers(jobs.map { Int64($0.job.priority) }),
                .integers(jobs.map { $0.job.runAt?.milliseconds }), .texts(jobs.map(\.job.uniqueKey)),
                .integers(jobs.map { $0.job.maxAttempts.map(Int64.init) }),
                .integers(jobs.map { $0.job.timeout?.milliseconds }), .texts(jobs.map(\.job.key)),
                .integers(jobs.map { Int64($0.place.state == .waiting ? $0.place.blocking.jobs.count : 0) }),
                .texts(jobs.map(\.error)), .integers(jobs.map { $0.place.state.isFinal ? $0.time.milliseconds : nil }),
                .integers(jobs.map { $0.place.isPutOff && !$0.place.state.isFinal ? $0.time.milliseconds : nil }),
            ])
    }

    /// A job, and where it is put.
    private struct Row {
        let job: NewJob
        let id: Job.ID
        let place: JobPlace
        /// When it is stored.
        let time: Timestamp

        /// Why it will never be done; `nil` if it may be.
        var error: String? {
            job.failure ?? place.blocking.end.map { StoreError.blockerReason($0.job, $0.state) }
        }
    }
}

extension NewJob {
    /// Whether it has nothing but an item.
    fileprivate var isPlain: Bool {
        priority == 0 && runAt == nil && uniqueKey == nil && maxAttempts == nil && timeout == nil && key == nil
            && failure == nil
    }
}
