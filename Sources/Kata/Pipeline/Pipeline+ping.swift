extension Pipeline {
    /// Runs `body` while somebody outside is told of successes, if anybody is to be.
    ///
    /// - Throws: what `body` threw.
    func withPings(_ body: () async throws -> Void) async throws {
        guard let ping = configuration.alarms?.ping else { return try await body() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [runtime, logger] in
                do {
                    try await ping.run(clock: runtime.clock, logger: logger)
                } catch is CancellationError {
                    // The work is over.
                }
            }
            defer { group.cancelAll() }
            try await body()
        }
    }
}
