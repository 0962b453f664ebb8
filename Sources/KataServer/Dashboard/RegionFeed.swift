import Kata
import Synchronization

/// The regions of pages as they are now. Those who look at the same page share them: a page is made at most once in a while,
/// however many look at it.
final class RegionFeed: Sendable {
    /// A part of a page: the id of its element, and the element.
    struct Region: Hashable, Sendable {
        let id: String
        let html: String
    }

    private struct Entry {
        let madeAt: MonotonicInstant
        let regions: Task<[Region], any Error>
    }

    /// How old a page may be.
    private static let age = Duration.milliseconds(900)
    private let clock: any MonotonicClock
    private let entries = Mutex<[String: Entry]>([:])

    init(clock: any MonotonicClock = PreciseClock()) {
        self.clock = clock
    }

    /// - Parameters:
    ///   - page: its address.
    ///   - make: makes its regions.
    /// - Throws: what `make` threw.
    func regions(
        of page: String, _ make: @escaping @Sendable () async throws -> [Region]
    ) async throws -> [Region] {
        let now = clock.now
        let task = entries.withLock { entries in
            if let entry = entries[page], entry.madeAt.duration(to: now) < Self.age { return entry.regions }
            // Pages that nobody looks at any more are forgotten.
            entries = entries.filter { $0.value.madeAt.duration(to: now) < Self.age }
            // Nobody's child: who has asked first may go away, and the others wait on.
            let task = Task { try await make() }
            entries[page] = Entry(madeAt: now, regions: task)
            return task
        }
        return try await task.value
    }
}
