/// Does work that blocks on a thread of its own, which ends with it. A cancellation does not reach it.
///
/// - Throws: what `body` threw.
package func onThread<Result: Sendable>(
    named name: String, _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        startThread(named: name) { continuation.resume(with: Swift.Result { try body() }) }
    }
}
