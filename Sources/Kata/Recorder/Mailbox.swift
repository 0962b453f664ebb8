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
        while try !insert(message, limit: limit) {
            try await withUnsafeThrowingContinuation { sender in
                if let result = joinSenders(sender) { sender.resume(with: result) }
            }
        }
    }

    /// Sends a message whose sender waits for the answer, and so needs no limit.
    ///
    /// - Throws: ``Closed`` if the mailbox was closed; the message is not sent then.
    func sendAtOnce(_ message: Message) throws {
        _ = try insert(message, limit: .max)
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
        condition.unlock()
        condition.signal()
        for sender in refused { sender.resume(throwing: Closed()) }
    }

    // Not inlined, and neither is the next: their temporaries would be part of what each sender holds while it waits.

    /// - Returns: `false` if there are as many already.
    @inline(never)
    private func insert(_ message: Message, limit: Int) throws -> Bool {
        condition.lock()
        let isRefused = isClosed
        let count = messages.count
        if !isRefused && count < limit { messages.append(message) }
        condition.unlock()
        if isRefused { throw Closed() }
        // The receiver only waits while there is nothing, so only the first message has to wake it. Not while it is locked,
        // or the receiver would wake up only to wait for that.
        if count == 0 { condition.signal() }
        return count < limit
    }

    @inline(never)
    private func joinSenders(_ sender: UnsafeContinuation<Void, any Error>) -> Result<Void, any Error>? {
        condition.lock()
        defer { condition.unlock() }
        if isClosed { return .failure(Closed()) }
        if messages.count < limit { return .success(()) }
        senders.append(sender)
        return nil
    }
}
