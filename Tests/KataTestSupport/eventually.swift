/// Waits for something that another task or process brings about and that nothing signals: looks again and again, up to
/// a deadline.
///
/// - Returns: whether it came about.
public func eventually(
    within limit: Duration = .seconds(60), _ condition: () async throws -> Bool
) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        if ContinuousClock.now > deadline { return false }
        try await Task.sleep(for: .milliseconds(1))
    }
    return true
}
