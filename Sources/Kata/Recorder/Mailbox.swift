import DequeModule
import Foundation

/// Carries messages from tasks, which wait without blocking, to one thread, which blocks.
///
/// `@unchecked Sendable`: everything below `condition` is touched only while it is locked.
final class Mailbox<Message: Sendable>: @unchecked Sendable {
    struct Closed: Error {}

    private let limit: Int
    private let condition = NSCondition()
    private var messages: Deque<Message> = []
    private var senders: Deque<UnsafeContinuation<Void, any Error>> = []
    private var isClosed = false

    /// - Parameter limit: how many messages may pile up before ``send(_:)`` waits.
    init(limit: Int) {
        self.limit = limit
    }

    /// Sends a message, waiting first while the limit is reached. The wait is out of reach of task cancellation.
    ///
    /// - Throws: ``Closed`` if the mailbox was closed; the message is not sent then.
    func send(_ message: Message) async throws {
        while try !sendIfRoom(message) {
            try await withUnsafeThrowingContinuation { sender in
                if let result = joinSenders(sender) { sender.resume(with: result) }
            }
        }
    }

    /// Sends a message whose sender waits for the answer, and so needs no limit.
    ///
    /// - Throws: ``Closed`` if the mailbox was closed; the message is not sent then.
    func sendAtOnce(_ message: Message) throws {
        condition.lock()
        defer { condition.unlock() }
        if isClosed { throw Closed() }
        append(message)
    }

    /// Takes messages in order, at most `most`; `nil` once it is closed and empty.
    ///
    /// - Parameter waits: whether it blocks until there are messages.
    func receive(most: Int, waits: Bool = true) -> [Message]? {
        condition.lock()
        while waits && messages.isEmpty && !isClosed { condition.wait() }
        // One by one they are moved, and not copied.
        let count = min(messages.count, most)
        var received: [Message] = []
        received.reserveCapacity(count)
        for _ in 0..<count { received.append(messages.removeFirst()) }
        let admitted = Array(senders.prefix(max(0, limit - messages.count)))
        senders.removeFirst(admitted.count)
        let isAtEnd = isClosed && messages.isEmpty
        condition.unlock()
        for sender in admitted { sender.resume() }
        return received.isEmpty && (waits || isAtEnd) ? nil : received
    }

    /// Refuses further messages. Those that were sent can still be received.
    func close() {
        condition.lock()
        isClosed = true
        let refused = senders
        senders = []
        condition.signal()
        condition.unlock()
        for sender in refused { sender.resume(throwing: Closed()) }
    }

    private func sendIfRoom(_ message: Message) throws -> Bool {
        condition.lock()
        defer { condition.unlock() }
        if isClosed { throw Closed() }
        guard messages.count < limit else { return false }
        append(message)
        return true
    }

    private func joinSenders(_ sender: UnsafeContinuation<Void, any Error>) -> Result<Void, any Error>? {
        condition.lock()
        defer { condition.unlock() }
        if isClosed { return .failure(Closed()) }
        if messages.count < limit { return .success(()) }
        senders.append(sender)
        return nil
    }

    private func append(_ message: Message) {
        messages.append(message)
        // The receiver only waits while there is nothing, so only the first message has to wake it.
        if messages.count == 1 { condition.signal() }
    }
}
