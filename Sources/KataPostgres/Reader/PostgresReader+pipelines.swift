public import Kata

/// What is kept of a pipeline besides its runs.
extension PostgresReader {
    /// Whether that pipeline is paused; `false` for one that is not known.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func isPaused(pipeline: String) async throws -> Bool {
        try await !rows("SELECT 1 FROM pipeline WHERE name = $1 AND paused_at IS NOT NULL", [.text(pipeline)]) { _ in
            true
        }.isEmpty
    }

    /// The receipt of that pipeline's last drain; `nil` before the first one.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func lastDrain(pipeline: String) async throws -> DrainReceipt? {
        try await rows(
            """
            SELECT drain_finished, drain_went_back, drain_cut_off, drained_at
            FROM pipeline WHERE name = $1 AND drained_at IS NOT NULL
            """, [.text(pipeline)]
        ) { row in
            DrainReceipt(
                finished: Int(row.integer(0)), wentBack: Int(row.integer(1)), cutOff: Int(row.integer(2)),
                at: Timestamp(milliseconds: row.integer(3)))
        }.first
    }
}
