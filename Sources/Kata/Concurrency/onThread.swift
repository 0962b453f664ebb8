/// Does work that blocks on a thread of its own, which ends with it. A cancellation does not reach it.
///
/// - Throws: what `body` threw; ``SystemShortage`` if there is no room for a thread.
package func onThread<Result: Sendable>(
    named name: String, _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        do {
            try startThread(named: name) { continuation.resume(with: Swift.Result { try body() }) }
        } catch {
            continuation.resume(throwing: error)
        }
    }
}
