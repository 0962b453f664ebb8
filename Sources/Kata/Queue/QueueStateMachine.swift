public import DequeModule

/// The rules of ``BoundedQueue``, free of locks and of suspension.
///
/// Each event returns an action and the caller carries it out, so a waiter is resumed outside the lock and every
/// transition can be tested with plain values for waiters.
///
/// Invariants:
/// - the buffer never holds more than `size` elements;
/// - a taker waits only while the buffer is empty, a putter only while it is full, so never both at once;
/// - after `finish` nobody waits: takers were told the end, putters were refused.
///
/// Everything here can be inlined, as the whole queue can: specialised for its element, a queue is six times as fast in
/// another module.
@usableFromInline
struct QueueStateMachine<Element, Putter, Taker> {
    @usableFromInline typealias Ticket = UInt64

    @usableFromInline
    enum PutAction {
        /// The element is in the buffer.
        case stored
        /// The element goes straight to the taker that has waited longest.
        case handOver(Taker, Element)
        /// There is no room: wait under this ticket.
        case wait(Ticket)
        /// The queue takes no more elements.
        case refused
    }

    @usableFromInline
    enum TakeAction {
        /// The element that was put first. If a putter waited for room, its element is in the buffer now.
        case take(Element, admitted: Putter?)
        /// There is nothing yet: wait under this ticket.
        case wait(Ticket)
        /// There is nothing, and nothing will come.
        case end
    }

    @usableFromInline let size: Int
    @usableFromInline var buffer: Deque<Element> = []
    @usableFromInline var putters: Deque<(ticket: Ticket, element: Element, putter: Putter)> = []
    @usableFromInline var takers: Deque<(ticket: Ticket, taker: Taker)> = []
    @usableFromInline var isFinished = false
    @usableFromInline var lastTicket: Ticket = 0

    @inlinable var depth: Int { buffer.count }
    @inlinable var waitingPutters: Int { putters.count }
    @inlinable var waitingTakers: Int { takers.count }

    @inlinable
    init(size: Int) {
        precondition(size > 0, "a queue holds at least one element")
        self.size = size
    }

    @inlinable
    mutating func put(_ element: Element) -> PutAction {
        if isFinished { return .refused }
        if let first = takers.popFirst() { return .handOver(first.taker, element) }
        if buffer.count < size {
            buffer.append(element)
            return .stored
        }
        return .wait(nextTicket())
    }

    /// Puts, or joins the line. Between ``put(_:)`` and this call the lock was open, so the answer may have changed.
    @inlinable
    mutating func waitToPut(_ element: Element, ticket: Ticket, putter: Putter) -> PutAction {
        let action = put(element)
        guard case .wait = action else { return action }
        putters.append((ticket, element, putter))
        return .wait(ticket)
    }

    @inlinable
    mutating func take() -> TakeAction {
        if let element = buffer.popFirst() {
            return .take(element, admitted: admitFirstPutter())
        }
        return isFinished ? .end : .wait(nextTicket())
    }

    /// Takes, or joins the line. Between ``take()`` and this call the lock was open, so the answer may have changed.
    @inlinable
    mutating func waitToTake(ticket: Ticket, taker: Taker) -> TakeAction {
        let action = take()
        guard case .wait = action else { return action }
        takers.append((ticket, taker))
        return .wait(ticket)
    }

    /// Removes exactly this putter; its element was never in the queue. `nil` if it no longer waits.
    @inlinable
    mutating func cancelPut(_ ticket: Ticket) -> Putter? {
        guard let index = putters.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        return putters.remove(at: index).putter
    }

    /// Removes exactly this taker. `nil` if it no longer waits.
    @inlinable
    mutating func cancelTake(_ ticket: Ticket) -> Taker? {
        guard let index = takers.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        return takers.remove(at: index).taker
    }

    @inlinable
    mutating func finish() -> (takersAtEnd: [Taker], puttersRefused: [Putter]) {
        isFinished = true
        defer {
            takers.removeAll()
            putters.removeAll()
        }
        return (takers.map(\.taker), putters.map(\.putter))
    }

    @inlinable
    mutating func admitFirstPutter() -> Putter? {
        guard let first = putters.popFirst() else { return nil }
        buffer.append(first.element)
        return first.putter
    }

    @inlinable
    mutating func nextTicket() -> Ticket {
        lastTicket += 1
        return lastTicket
    }
}
