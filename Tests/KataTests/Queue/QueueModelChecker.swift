@testable import Kata

/// Compares ``QueueStateMachine`` with ``QueueModel`` over every sequence of events up to a length.
struct QueueModelChecker {
    enum Event: Hashable {
        case put, take
        /// Asks, and is told to wait, but joins the line only later.
        case askToPut, joinPutters, askToTake, joinTakers
        /// Cancels the waiter at that place in its line.
        case cancelPut(Int)
        case cancelTake(Int)
        case finish
    }

    typealias Machine = QueueStateMachine<Int, Int, Int>

    private(set) var machine: Machine
    private(set) var model: QueueModel
    private(set) var trail: [Event] = []
    /// Everything that got in, and everything that came out, each in its order.
    private var accepted: [Int] = []
    private var delivered: [Int] = []
    private var putTickets: [Int: Machine.Ticket] = [:]
    private var takeTickets: [Int: Machine.Ticket] = [:]
    private var asksToPut: (element: Int, ticket: Machine.Ticket)?
    private var asksToTake: (taker: Int, ticket: Machine.Ticket)?
    private var lastID = 0

    init(size: Int) {
        machine = Machine(size: size)
        model = QueueModel(size: size)
    }

    /// Tries every sequence of at most `length` further events.
    ///
    /// - Parameter count: how many sequences were tried.
    /// - Returns: what is wrong after the first sequence that shows a fault.
    func explore(length: Int, count: inout Int) -> String? {
        for event in possibleEvents where length > 0 {
            var next = self
            count += 1
            if let fault = next.apply(event) ?? next.brokenInvariant {
                return "\(fault), after \(next.trail) with size \(model.size)"
            }
            if let fault = next.explore(length: length - 1, count: &count) { return fault }
        }
        return nil
    }

    private var possibleEvents: [Event] {
        var events: [Event] = [.put, .take, .finish]
        if asksToPut != nil {
            events.append(.joinPutters)
        } else if !model.isFinished && model.takers.isEmpty && model.depth == model.size {
            events.append(.askToPut)
        }
        if asksToTake != nil {
            events.append(.joinTakers)
        } else if !model.isFinished && model.line.isEmpty {
            events.append(.askToTake)
        }
        events += model.waitingPutters.indices.map { .cancelPut($0) }
        events += model.takers.indices.map { .cancelTake($0) }
        return events
    }

    /// - Returns: how the two differ, if they do.
    mutating func apply(_ event: Event) -> String? {
        trail.append(event)
        lastID += 1
        let (answer, expected): (QueueAnswer, QueueAnswer)
        switch event {
        case .put:
            (answer, expected) = (put(lastID), model.put(lastID))
        case .take:
            (answer, expected) = (take(lastID), model.take(lastID))
        case .askToPut:
            guard case .wait(let ticket) = machine.put(lastID) else { return "a full queue did not say wait" }
            asksToPut = (lastID, ticket)
            return nil
        case .askToTake:
            guard case .wait(let ticket) = machine.take() else { return "an empty queue did not say wait" }
            asksToTake = (lastID, ticket)
            return nil
        case .joinPutters:
            guard let (element, ticket) = asksToPut else { return nil }
            asksToPut = nil
            (answer, expected) = (joinPutters(element, ticket), model.put(element))
        case .joinTakers:
            guard let (taker, ticket) = asksToTake else { return nil }
            asksToTake = nil
            (answer, expected) = (joinTakers(taker, ticket), model.take(taker))
        case .cancelPut(let place):
            let element = model.waitingPutters[place]
            model.cancelPut(element)
            (answer, expected) = (
                .cancelled(putTickets[element].flatMap { machine.cancelPut($0) }), .cancelled(element)
            )
        case .cancelTake(let place):
            let taker = model.takers[place]
            model.cancelTake(taker)
            (answer, expected) = (.cancelled(takeTickets[taker].flatMap { machine.cancelTake($0) }), .cancelled(taker))
        case .finish:
            let action = machine.finish()
            answer = .finish(takersAtEnd: action.takersAtEnd, puttersRefused: action.puttersRefused)
            expected = model.finish()
        }
        note(answer)
        return answer == expected ? nil : "expected \(expected), not \(answer)"
    }

    private mutating func put(_ element: Int) -> QueueAnswer {
        let action = machine.put(element)
        guard case .wait(let ticket) = action else { return answer(action, element) }
        return joinPutters(element, ticket)
    }

    private mutating func joinPutters(_ element: Int, _ ticket: Machine.Ticket) -> QueueAnswer {
        putTickets[element] = ticket
        return answer(machine.waitToPut(element, ticket: ticket, putter: element), element)
    }

    private mutating func answer(_ action: Machine.PutAction, _ element: Int) -> QueueAnswer {
        switch action {
        case .stored:
            accepted.append(element)
            return .stored
        case .handOver(let taker, let element):
            accepted.append(element)
            return .handOver(taker: taker, element)
        case .wait: return .wait
        case .refused: return .refused
        }
    }

    private mutating func take(_ taker: Int) -> QueueAnswer {
        let action = machine.take()
        guard case .wait(let ticket) = action else { return answer(action) }
        return joinTakers(taker, ticket)
    }

    private mutating func joinTakers(_ taker: Int, _ ticket: Machine.Ticket) -> QueueAnswer {
        takeTickets[taker] = ticket
        return answer(machine.waitToTake(ticket: ticket, taker: taker))
    }

    private func answer(_ action: Machine.TakeAction) -> QueueAnswer {
        switch action {
        case .take(let element, let admitted): .take(element, admitted: admitted)
        case .wait: .wait
        case .end: .end
        }
    }

    private mutating func note(_ answer: QueueAnswer) {
        switch answer {
        case .handOver(_, let element): delivered.append(element)
        case .take(let element, let admitted):
            delivered.append(element)
            if let admitted { accepted.append(admitted) }
        case .stored, .wait, .refused, .end, .finish, .cancelled: break
        }
    }

    /// The invariants that the state machine documents, and that what got in comes out once and in order.
    private var brokenInvariant: String? {
        if machine.depth > machine.size { return "the buffer holds more than its size" }
        if machine.waitingTakers > 0 && machine.depth > 0 { return "a taker waits though there is an element" }
        if machine.waitingPutters > 0 && machine.depth < machine.size { return "a putter waits though there is room" }
        if model.isFinished && machine.waitingPutters + machine.waitingTakers > 0 {
            return "somebody waits after the end"
        }
        if machine.depth != model.depth { return "the depth is \(machine.depth), not \(model.depth)" }
        if machine.waitingPutters != model.waitingPutters.count { return "the putters in line are not those expected" }
        if machine.waitingTakers != model.takers.count { return "the takers in line are not those expected" }
        if delivered != Array(accepted.prefix(delivered.count)) { return "\(delivered) came out of \(accepted)" }
        if accepted.count != delivered.count + machine.depth { return "an element was lost or doubled" }
        return nil
    }
}
