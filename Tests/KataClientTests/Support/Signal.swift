/// What a script tells its test, in order.
struct Signal<Value: Sendable>: Sendable {
    private let values: AsyncStream<Value>
    private let source: AsyncStream<Value>.Continuation

    init() {
        (values, source) = AsyncStream.makeStream()
    }

    func send(_ value: Value) {
        source.yield(value)
    }

    /// The next value, once it was sent; `nil` if the task is cancelled.
    func next() async -> Value? {
        await values.first { _ in true }
    }
}
