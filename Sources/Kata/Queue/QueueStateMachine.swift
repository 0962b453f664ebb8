import DequeModule

/// The rules of ``BoundedQueue``, free of locks and of suspension.
///
/// Each event returns an action and the caller carries it out, so a waiter is resumed outside the lock and every
/// transition can be tested with plain values for waiters.
///
/// Invariants:
/// - the buffer never holds more than `size` elements;
/// - a taker waits only while the buffer is empty, a putter only while it is full, so never both at once;
/// - after `finish` nobody waits: takers were told the end, putters were refused.
struct QueueStateMachine<Element, Putter, Taker> {
    typealias Ticket = UInt64

    struct WaitingPutter {
        let ticket: Ticket
        let element: Element
        let putter: Putter
    }

    struct WaitingTaker {
        let ticket: Ticket
        let taker: Taker
    }

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

    enum TakeAction {
        /// The element that was put first. If a putter waited for its room, that putter's element is in now.
        case take(Element, admitted: Putter?)
        /// There is nothing yet: wait under this ticket.
        case wait(Ticket)
        /// There is nothing, and nothing will come.
        case end
    }

    struct FinishAction {
        let takersAtEnd: [Taker]
        let puttersRefused: [Putter]
    }

    let size: Int
    private var buffer: Deque<Element> = []
    private var putters: Deque<WaitingPutter> = []
    private var takers: Deque<WaitingTaker> = []
    private var isFinished = false
    private var lastTicket: Ticket = 0

    var depth: Int { buffer.count }
    var waitingPutters: Int { putters.count }
    var waitingTakers: Int { takers.count }

    init(size: Int) {
        precondition(size > 0, "a queue holds at least one element")
        self.size = size
    }

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
    mutating func waitToPut(_ element: Element, ticket: Ticket, putter: Putter) -> PutAction {
        let action = put(element)
        guard case .wait = action else { return action }
        putters.append(WaitingPutter(ticket: ticket, element: element, putter: putter))
        return .wait(ticket)
    }

    mutating func take() -> TakeAction {
        if let element = buffer.popFirst() {
            return .take(element, admitted: admitFirstPutter())
        }
        return isFinished ? .end : .wait(nextTicket())
    }

    /// Takes, or joins the line. Between ``take()`` and this call the lock was open, so the answer may have changed.
    mutating func waitToTake(ticket: Ticket, taker: Taker) -> TakeAction {
        let action = take()
        guard case .wait = action else { return action }
        takers.append(WaitingTaker(ticket: ticket, taker: taker))
        return .wait(ticket)
    }

    /// Removes exactly this putter; its element was never in the queue. `nil` if it no longer waits.
    mutating func cancelPut(_ ticket: Ticket) -> Putter? {
        guard let index = putters.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        return putters.remove(at: index).putter
    }

    /// Removes exactly this taker. `nil` if it no longer waits.
    mutating func cancelTake(_ ticket: Ticket) -> Taker? {
        guard let index = takers.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        return takers.remove(at: index).taker
    }

    mutating func finish() -> FinishAction {
        isFinished = true
        defer {
            takers.removeAll()
            putters.removeAll()
        }
        return FinishAction(takersAtEnd: takers.map(\.taker), puttersRefused: putters.map(\.putter))
    }

    /// Empties the buffer, which makes room for putters that wait.
    mutating func removeAll() -> (elements: [Element], admitted: [Putter]) {
        let elements = Array(buffer)
        buffer.removeAll()
        var admitted: [Putter] = []
        while buffer.count < size, let putter = admitFirstPutter() { admitted.append(putter) }
        return (elements, admitted)
    }

    private mutating func admitFirstPutter() -> Putter? {
        guard let first = putters.popFirst() else { return nil }
        buffer.append(first.element)
        return first.putter
    }

    private mutating func nextTicket() -> Ticket {
        lastTicket += 1
        return lastTicket
    }
}
