/// A piece of work of a ``FileThread``, whatever its result is.
protocol FileWork: AnyObject, Sendable {
    var path: String { get }
    /// Does it, unless nobody waits for it any more.
    func run()
    /// Has whoever waits wait no longer.
    func giveUp(because error: any Error)
}

/// A piece of work of a ``FileThread``, and the task that waits for it.
final class FileCall<Success: Sendable>: FileWork {
    let path: String
    private let body: @Sendable () throws -> Success
    private let promise = Promise<Success>()

    init(path: String, body: @escaping @Sendable () throws -> Success) {
        self.path = path
        self.body = body
    }

    func run() {
        if !promise.isKept { promise.keep(Result { try body() }) }
    }

    func giveUp(because error: any Error) {
        promise.keep(.failure(error))
    }

    /// - Throws: what the work threw, or why it was given up; `CancellationError` if the task is cancelled first.
    func result() async throws -> Success {
        do {
            return try await promise.value()
        } catch {
            // If it is the task that was cancelled, what was not begun need not be done.
            giveUp(because: error)
            throw error
        }
    }
}
