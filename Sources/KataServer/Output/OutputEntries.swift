import Kata

/// Finds one after the other what the attempts at a job have printed or kept, in the order in which they began. More of
/// them may come at any time.
struct OutputEntries: Sendable {
    private static let pageSize = 64

    private let job: Job.ID
    private let records: any JobStoreReader
    private let live: LiveOutputs
    private var outputs: ArraySlice<OutputRecord> = []
    private var lastOutput: OutputRecord.ID = 0
    private var attempts: ArraySlice<Attempt> = []
    private var attemptCount = 0
    /// The output that was found last.
    private var latest: OutputEntry?

    init(job: Job.ID, records: any JobStoreReader, live: LiveOutputs) {
        self.job = job
        self.records = records
        self.live = live
    }

    /// The next one; `nil` if there is none now.
    ///
    /// - Throws: what the store threw; `CancellationError`.
    mutating func next() async throws -> OutputEntry? {
        // Before what is stored: if it ends meanwhile, this is it all the same.
        let live = live.output(of: job)
        while true {
            if attempts.isEmpty { attempts = try await records.attempts(job: job, skipping: attemptCount)[...] }
            if let attempt = attempts.first, let latest, latest.wasPrinted(by: attempt) {
                takeAttempt()
                if !latest.holdsKept, attempt.output != nil { return .kept(attempt) }
                continue
            }
            // Behind the attempts: whatever one of these has printed is stored by now.
            if outputs.isEmpty {
                outputs = try await records.outputs(job: job, after: lastOutput, limit: Self.pageSize)[...]
            }
            let output = outputs.first
            if let attempt = attempts.first,
                output.map({ !OutputEntry.stored($0).wasPrinted(by: attempt) && attempt.startedAt <= $0.beganAt })
                    ?? true
            {
                takeAttempt()
                if attempt.output != nil { return .kept(attempt) }
                continue
            }
            guard let output else {
                guard let live, live.beganAt != latest?.beganAt else { return nil }
                latest = .live(live)
                return latest
            }
            lastOutput = output.id
            outputs.removeFirst()
            // It was found before it was stored.
            if output.beganAt == latest?.beganAt { continue }
            latest = live.flatMap { $0.beganAt == output.beganAt ? .live($0) : nil } ?? .stored(output)
            return latest
        }
    }

    private mutating func takeAttempt() {
        attempts.removeFirst()
        attemptCount += 1
    }
}
