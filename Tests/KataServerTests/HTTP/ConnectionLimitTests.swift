import Testing

@testable import KataServer

@Suite("The limit of connections")
struct ConnectionLimitTests {
    @Test("keeps room for owners when it is full for others")
    func reserve() {
        let limit = ConnectionLimit(2, reserve: 1)
        #expect(limit.enter(isOwner: false))
        #expect(limit.enter(isOwner: true))
        #expect(!limit.enter(isOwner: false))
        #expect(limit.enter(isOwner: true))
        #expect(!limit.enter(isOwner: true))
        limit.leave()
        #expect(!limit.enter(isOwner: false))
        limit.leave()
        #expect(limit.enter(isOwner: false))
    }
}
