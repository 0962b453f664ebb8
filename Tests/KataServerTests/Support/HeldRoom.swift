import Synchronization
import Testing

@testable import KataServer

/// Room for a body that a test has taken.
final class HeldRoom: Sendable {
    private let reservation: Mutex<BodyReservation?>

    init(_ bytes: Int, of budget: BodyBudget) throws {
        let room: BodyReservation = try #require(budget.reserve(bytes))
        reservation = Mutex(room)
    }

    func letGo() {
        reservation.withLock { $0 = nil }
    }
}
