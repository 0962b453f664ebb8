import Testing

@testable import Kata

@Suite("The queue's state machine")
struct QueueStateMachineTests {
    private typealias Machine = QueueStateMachine<String, Int, Int>

    @Test("does as the model over every sequence of up to eight events", arguments: 1...3)
    func agreesWithModel(size: Int) {
        var count = 0
        let fault = QueueModelChecker(size: size).explore(length: 8, count: &count)
        #expect(fault == nil)
        #expect(count > 50_000, "the checker tried too few sequences to mean anything")
    }

    @Test("stores elements while there is room, then lets putters wait")
    func storesUpToSize() {
        var machine = Machine(size: 2)
        #expect(machine.put("a").isStored)
        #expect(machine.put("b").isStored)
        #expect(machine.put("c").ticket != nil)
        #expect(machine.depth == 2)
    }

    @Test("hands an element to the taker that has waited longest")
    func handsOverInOrder() throws {
        var machine = Machine(size: 2)
        for taker in [7, 8] { try machine.joinTakers(taker) }
        for (element, expected) in [("a", 7), ("b", 8)] {
            guard case .handOver(let taker, element) = machine.put(element) else {
                Issue.record("\(element) was not handed over")
                return
            }
            #expect(taker == expected)
        }
        #expect(machine.depth == 0)
        #expect(machine.put("c").isStored)
    }

    @Test("admits the putter that has waited longest for the room of an element that was taken")
    func admitsInOrder() throws {
        var machine = Machine(size: 1)
        #expect(machine.put("a").isStored)
        try machine.joinPutters("b", 1)
        try machine.joinPutters("c", 2)
        for (expected, putter) in [("a", 1), ("b", 2), ("c", nil)] as [(String, Int?)] {
            guard case .take(expected, let admitted) = machine.take() else {
                Issue.record("\(expected) was not taken")
                return
            }
            #expect(admitted == putter)
        }
    }

    @Test("gives every waiter a ticket of its own")
    func ticketsDiffer() {
        var machine = Machine(size: 1)
        let takeTickets = (1...3).map { _ in machine.take().ticket }
        #expect(machine.put("a").isStored)
        let putTickets = (1...3).map { _ in machine.put("b").ticket }
        #expect(Set(takeTickets + putTickets).count == 6)
        #expect(!(takeTickets + putTickets).contains(nil))
    }

    @Test("cancels exactly the waiter of that ticket, and only once")
    func cancelsOne() throws {
        var machine = Machine(size: 1)
        let tickets = try [7, 8, 9].map { try machine.joinTakers($0) }
        #expect(machine.cancelTake(tickets[1]) == 8)
        #expect(machine.cancelTake(tickets[1]) == nil)
        #expect(machine.cancelPut(tickets[0]) == nil, "a taker's ticket is no putter's")
        #expect(machine.finish().takersAtEnd == [7, 9])
    }

    @Test("tells those who wait the end, and refuses those who come later")
    func finishes() throws {
        var machine = Machine(size: 1)
        #expect(machine.put("a").isStored)
        try machine.joinPutters("b", 1)
        let action = machine.finish()
        #expect(action.puttersRefused == [1])
        #expect(action.takersAtEnd.isEmpty)
        #expect(machine.put("c").isRefused)
        guard case .take("a", admitted: nil) = machine.take() else {
            Issue.record("what was left was not taken")
            return
        }
        #expect(machine.take().isEnd)
    }

    @Test("finishes twice without telling anybody twice")
    func finishesTwice() throws {
        var machine = Machine(size: 1)
        try machine.joinTakers(7)
        #expect(machine.finish().takersAtEnd == [7])
        #expect(machine.finish().takersAtEnd.isEmpty)
    }
}

extension QueueStateMachine {
    @discardableResult
    fileprivate mutating func joinTakers(_ taker: Taker) throws -> Ticket {
        let ticket = try #require(take().ticket)
        _ = try #require(waitToTake(ticket: ticket, taker: taker).ticket)
        return ticket
    }

    @discardableResult
    fileprivate mutating func joinPutters(_ element: Element, _ putter: Putter) throws -> Ticket {
        let ticket = try #require(put(element).ticket)
        _ = try #require(waitToPut(element, ticket: ticket, putter: putter).ticket)
        return ticket
    }
}

extension QueueStateMachine.PutAction {
    fileprivate var isStored: Bool { if case .stored = self { true } else { false } }
    fileprivate var isRefused: Bool { if case .refused = self { true } else { false } }
    fileprivate var ticket: QueueStateMachine.Ticket? { if case .wait(let ticket) = self { ticket } else { nil } }
}

extension QueueStateMachine.TakeAction {
    fileprivate var isEnd: Bool { if case .end = self { true } else { false } }
    fileprivate var ticket: QueueStateMachine.Ticket? { if case .wait(let ticket) = self { ticket } else { nil } }
}
