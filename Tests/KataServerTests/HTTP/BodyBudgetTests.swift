import KataTestSupport
import Testing

@testable import KataServer

@Suite("Room for bodies")
struct BodyBudgetTests {
    private let budget = BodyBudget(bytes: 100)

    @Test("is given until there is none, and again when one who had it lets go")
    func room() throws {
        let first = try HeldRoom(60, of: budget)
        let second = try HeldRoom(40, of: budget)
        #expect(budget.reserve(1) == nil)
        first.letGo()
        #expect(budget.reserve(61) == nil)
        #expect(budget.reserve(60) != nil)
        second.letGo()
        #expect(budget.reserve(100) != nil)
    }

    @Test("is waited for in line, and nobody overtakes")
    func line() throws {
        let given = Notes<Int>()
        let others = try HeldRoom(30, of: budget)
        for bytes in [80, 10] { budget.whenFree(bytes) { _ in given.add(bytes) } }
        #expect(budget.reserve(1) == nil)
        #expect(given.all.isEmpty)
        others.letGo()
        // Each lets go of it at once.
        #expect(given.all == [80, 10])
        #expect(budget.reserve(100) != nil)
    }

    @Test("goes to the next in line when the first does not want it any more")
    func dropped() throws {
        let kept = Notes<BodyReservation>()
        let others = try HeldRoom(100, of: budget)
        budget.whenFree(100) { _ in }
        budget.whenFree(100) { kept.add($0) }
        #expect(kept.all.isEmpty)
        others.letGo()
        #expect(kept.all.count == 1)
        #expect(budget.reserve(1) == nil)
    }
}
