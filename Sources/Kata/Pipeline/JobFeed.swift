/// Gives a producer the jobs of a run in order: reads the source into the store, and claims from the store.
///
/// A claim is only the knowledge of which job comes next. On disk a claimed job stays pending until it is finished, so
/// that there is nothing to give back.
struct JobFeed {
    private var run: Run
    private let source: any JobSource
    private let store: any JobStore
    private let recorder: Recorder
    private let progress: RunProgress
    private var claimed: ArraySlice<Job> = []
    private var lastClaimed: Job.ID = 0
    /// How many jobs are read or claimed at a time.
    private static let batchSize = 1_000

    init(run: Run, source: any JobSource, store: any JobStore, recorder: Recorder, progress: RunProgress) {
        self.run = run
        self.source = source
        self.store = store
        self.recorder = recorder
        self.progress = progress
    }

    /// The next job of the run; `nil` when there is none and none will come.
    mutating func next() async throws -> Job? {
        while true {
            if let job = claimed.popFirst() { return job }
            claimed = try await store.pendingJobs(run: run.id, after: lastClaimed, limit: Self.batchSize)[...]
            if let last = claimed.last {
                lastClaimed = last.id
            } else if run.progress == .exhausted {
                return nil
            } else {
                try await readSource()
            }
        }
    }

    private mutating func readSource() async throws {
        let batch = try await source.items(from: run.progress, run: run, limit: Self.batchSize)
        try await recorder.perform { [run] transaction in
            try transaction.add(items: batch.items, to: run.id, progress: batch.progress, at: .now())
        }
        run.progress = batch.progress
        progress.added(batch)
    }
}
