import DequeModule
import Dispatch
import Synchronization

/// Carries messages from tasks, which wait without blocking, to one thread, which blocks.
final class Mailbox<Message: Sendable>: Sendable {
    struct Closed: Error {}

    private struct State: WaitingState {
        var messages: Deque<Message> = []
        /// Senders that wait for room.
        var waiters = Waiters<Void>()
        var isClosed = false
        /// Whether the receiver blocks, or is about to. Whoever takes that back wakes it.
        var isReceiverWaiting = false

        /// - Returns: whether the receiver has to be woken.
        mutating func wakesReceiver() -> Bool {
            defer { isReceiverWaiting = false }
            return isReceiverWaiting
        }

        /// - Returns: messages in order, the senders that there is room for then, and whether nothing more will come.
        mutating func take(_ most: Int, limit: Int) -> ([Message], [Waiters<Void>.Waiter], isAtEnd: Bool) {
            let count = min(messages.count, most)
            var taken: [Message] = []
            taken.reserveCapacity(count)
            // One by one they are moved, and not copied.
            for _ in 0..<count { taken.append(messages.removeFirst()) }
            var admitted: [Waiters<Void>.Waiter] = []
            while admitted.count < limit - messages.count, let sender = waiters.popFirst() { admitted.append(sender) }
            return (taken, admitted, isClosed && messages.isEmpty)
        }
    }

    private let limit: Int
    private let state = Mutex(State())
    /// Signalled once for each time that the receiver waits. A signal too many would have it look again and again, and so take
    /// few messages at a time while there are many.
    private let wakeUp = DispatchSemaphore(value: 0)

    /// - Parameter limit: how many messages may pile up before ``send(_:)`` waits.
    init(limit: Int) {
        self.limit = limit
    }

    /// Sends a message, waiting first while the limit is reached. The wait is out of reach of task cancellation.
    ///
    /// - Throws: ``Closed`` if the mailbox was closed; the message is not sent then.
    func send(_ message: Message) async throws {
        while try !insert(message, limit: limit) { try await waitForRoom() }
    }

    /// Sends a message whose sender waits for the answer, and so needs no limit.
    ///
    /// - Throws: ``Closed`` if the mailbox was closed; the message is not sent then.
    func sendAtOnce(_ message: Message) throws {
        _ = try insert(message, limit: .max)
    }

    /// Takes messages in order, at most `most`; `nil` once the mailbox is closed and empty. Called by one thread only.
    ///
    /// - Parameter waits: whether to block until there are messages. Otherwise there may be none in what is returned.
    func receive(most: Int, waits: Bool = true) -> [Message]? {
        while true {
            let (received, senders, isAtEnd) = state.withLock { state in
                let taken = state.take(most, limit: limit)
                state.isReceiverWaiting = waits && taken.0.isEmpty && !taken.isAtEnd
                return taken
            }
            for sender in senders { sender.resume() }
            if !received.isEmpty { return received }
            if isAtEnd { return nil }
            if !waits { return received }
            wakeUp.wait()
        }
    }

    /// Takes messages in order, at most `most`; none if none come in that time, or ever will. Called by the receiving thread.
    func receive(most: Int, within time: Duration) -> [Message] {
        let deadline = DispatchTime.now() + .nanoseconds(Int(time.nanoseconds))
        while true {
            let (received, senders) = state.withLock { state in
                let (received, senders, _) = state.take(most, limit: limit)
                state.isReceiverWaiting = received.isEmpty
                return (received, senders)
            }
            for sender in senders { sender.resume() }
            if !received.isEmpty { return received }
            if wakeUp.wait(timeout: deadline) == .success { continue }
            // Who took it back in the meantime signals, and that must not be left for the next wait.
            let isWoken = state.withLock { state in
                defer { state.isReceiverWaiting = false }
                return !state.isReceiverWaiting
            }
            if !isWoken { return [] }
            wakeUp.wait()
        }
    }

    /// Refuses further messages. Messages that were sent can still be received.
    func close() {
        let (refused, wakes) = state.withLock { state in
            state.isClosed = true
            return (state.waiters.removeAll(), state.wakesReceiver())
        }
        if wakes { wakeUp.signal() }
        for sender in refused { sender.resume(throwing: Closed()) }
    }

    // Neither of the next two is inlined: their temporaries would be part of what each sender holds while it waits.

    /// - Returns: `false` if `limit` messages are there already.
    @inline(never)
    private func insert(_ message: Message, limit: Int) throws -> Bool {
        let result: (isSent: Bool, wakes: Bool)? = state.withLock { state in
            if state.isClosed { return nil }
            if state.messages.count >= limit { return (false, false) }
            state.messages.append(message)
            return (true, state.wakesReceiver())
        }
        guard let result else { throw Closed() }
        // Not under the lock, or the receiver would wake up only to wait for that.
        if result.wakes { wakeUp.signal() }
        return result.isSent
    }

    @inline(never)
    private func waitForRoom() async throws {
        try await state.waitUncancelled { state in
            if state.isClosed { throw Closed() }
            return state.messages.count < limit ? () : nil
        }
    }
}
