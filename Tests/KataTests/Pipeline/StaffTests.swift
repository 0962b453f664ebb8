import KataTestSupport
import Testing

@testable import Kata

@Suite("The staff of a session", .timeLimit(.minutes(2)))
struct StaffTests {
    private struct Broken: Error {}

    private let begun = Notes<String>()
    private let endOfQueue = Signal()

    @Test("has those work that it has, and those that are added")
    func work() async throws {
        let staff = Staff(count: 3)
        let work = Task { try await staff.work(wait) }
        try await expectBegun(["c1", "c2", "c3"])
        staff.scale(to: 5)
        try await expectBegun(["c1", "c2", "c3", "c4", "c5"])
        #expect(staff.count == 5)
        staff.scale(to: 5)
        #expect(staff.activities.map(\.id) == ["c1", "c2", "c3", "c4", "c5"])
        endOfQueue.fire()
        #expect(try await work.value == 0)
        #expect(begun.all.count == 5)
    }

    @Test("lets the last ones leave, and takes their names again")
    func leave() async throws {
        let staff = Staff(count: 3)
        let work = Task { try await staff.work(wait) }
        try await expectBegun(["c1", "c2", "c3"])
        staff.scale(to: 1)
        #expect(try await eventually { staff.activities.map(\.id) == ["c1"] })
        staff.scale(to: 2)
        try await expectBegun(["c1", "c2", "c2", "c3"])
        #expect(staff.activities.map(\.id) == ["c1", "c2"])
        endOfQueue.fire()
        _ = try await work.value
    }

    @Test("keeps those who were about to leave")
    func stay() async {
        let staff = Staff(count: 3)
        let before = staff.activities
        staff.scale(to: 1)
        #expect(staff.activities.map(\.isRetired) == [false, true, true])
        staff.scale(to: 2)
        #expect(staff.activities.map(\.isRetired) == [false, false, true])
        staff.scale(to: 3)
        #expect(zip(staff.activities, before).allSatisfy { $0 === $1 && !$0.isRetired })
        #expect(before.allSatisfy { !$0.leaves() })
    }

    @Test("has one for each name, however it is scaled while somebody is on the way out")
    func oneForEachName() async throws {
        let staff = Staff(count: 2)
        let old = staff.activities[1]
        let mayEnd = Signal()
        let work = Task {
            try await staff.work { activity in
                guard activity === old else { return try await wait(activity) }
                begun.add(activity.id)
                // It does not hear that it is cancelled.
                await Task { try? await mayEnd.wait() }.value
                return .cut
            }
        }
        try await expectBegun(["c1", "c2"])
        staff.scale(to: 1)
        #expect(old.leaves())
        // One begins in its place, is to leave as well, and stays or is replaced in turn.
        for count in [2, 1, 2] { staff.scale(to: count) }
        #expect(staff.activities[0].id == "c1")
        mayEnd.fire()
        #expect(try await eventually { staff.activities.map(\.id) == ["c1", "c2"] })
        #expect(staff.activities[1] !== old)
        endOfQueue.fire()
        _ = try await work.value
    }

    @Test("has no use for more once somebody saw the end")
    func over() async throws {
        let staff = Staff(count: 2)
        endOfQueue.fire()
        #expect(try await staff.work(wait) == 0)
        staff.scale(to: 5)
        #expect(begun.all.sorted() == ["c1", "c2"])
    }

    @Test("has whoever was cut off go on in another task, with what it holds")
    func goesOn() async throws {
        let staff = Staff(count: 1)
        let job = Job(id: 7, runID: 1, item: "x")
        let heldBack = try await staff.work { activity in
            begun.add(activity.hasJob ? "again" : "first")
            if activity.putBack() { return .over }
            activity.take(job)
            activity.cutShift()
            #expect(Task.isCancelled)
            return .cut
        }
        #expect(begun.all == ["first", "again"])
        #expect(heldBack == 0)
    }

    @Test("ends all when it is cancelled, and tells how many jobs were held")
    func giveUp() async throws {
        let staff = Staff(count: 3)
        let work = Task {
            try await staff.work { activity in
                if activity.id != "c1" { activity.take(Job(id: 7, runID: 1, item: "x")) }
                return try await wait(activity)
            }
        }
        try await expectBegun(["c1", "c2", "c3"])
        work.cancel()
        #expect(try await work.value == 2)
        #expect(begun.all.count == 3)
    }

    @Test("ends all when one fails, and throws what that one threw")
    func failure() async throws {
        let staff = Staff(count: 3)
        await #expect(throws: Broken.self) {
            try await staff.work { activity in
                if activity.id == "c2" { throw Broken() }
                return try await wait(activity)
            }
        }
    }

    /// What a consumer does for whom no job comes.
    private func wait(_ activity: ConsumerActivity) async throws -> Staff.ShiftEnd {
        if !activity.hasJob && !activity.beginWaiting() { return .cut }
        begun.add(activity.id)
        do {
            try await endOfQueue.wait()
            return .over
        } catch is CancellationError {
            return .cut
        }
    }

    private func expectBegun(_ ids: [String]) async throws {
        #expect(try await eventually { begun.all.sorted() == ids }, "\(begun.all)")
    }
}
