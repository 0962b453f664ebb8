/// Waits for something that another task or process brings about and of which nothing tells: looks again every
/// millisecond, up to a deadline.
///
/// - Returns: whether it came about.
public func eventually(
    within limit: Duration = .seconds(300), _ condition: () async throws -> Bool
) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        if ContinuousClock.now > deadline { return false }
        try await Task.sleep(for: .milliseconds(1))
    }
    return true
}
