import Testing

@testable import Kata

@Suite("The staff of a session", .timeLimit(.minutes(2)))
struct StaffTests {
    @Test("has those begin that it has, and those that are added")
    func recruits() async {
        let staff = Staff(count: 3)
        var recruits = staff.recruits()
        await #expect(take(3, from: &recruits) == ["c1", "c2", "c3"])
        staff.scale(to: 5)
        await #expect(take(2, from: &recruits) == ["c4", "c5"])
        #expect(staff.count == 5)
        staff.scale(to: 5)
        #expect(staff.activities.map(\.id) == ["c1", "c2", "c3", "c4", "c5"])
    }

    @Test("lets the last ones leave, and takes their names again")
    func leave() async {
        let staff = Staff(count: 3)
        var recruits = staff.recruits()
        _ = await take(3, from: &recruits)
        staff.scale(to: 1)
        #expect(staff.activities.map(\.isRetired) == [false, true, true])
        for activity in staff.activities.dropFirst() {
            #expect(activity.leaves())
            staff.left(activity)
        }
        #expect(staff.activities.map(\.id) == ["c1"])
        staff.scale(to: 2)
        await #expect(take(1, from: &recruits) == ["c2"])
        #expect(staff.activities.map(\.id) == ["c1", "c2"])
    }

    @Test("keeps those who were about to leave")
    func stay() async {
        let staff = Staff(count: 3)
        let before = staff.activities
        staff.scale(to: 1)
        staff.scale(to: 2)
        #expect(staff.activities.map(\.isRetired) == [false, false, true])
        staff.scale(to: 3)
        #expect(zip(staff.activities, before).allSatisfy { $0 === $1 && !$0.isRetired })
        #expect(before.allSatisfy { !$0.leaves() })
    }

    @Test("has another one begin for one who has left and is not gone yet")
    func lateLeaver() async {
        let staff = Staff(count: 2)
        var recruits = staff.recruits()
        _ = await take(2, from: &recruits)
        let old = staff.activities[1]
        staff.scale(to: 1)
        #expect(old.leaves())
        staff.scale(to: 2)
        await #expect(take(1, from: &recruits) == ["c2"])
        staff.left(old)
        #expect(staff.activities.map(\.id) == ["c1", "c2"])
        #expect(staff.activities[1] !== old)
    }

    @Test("has one for each name, however it is scaled while somebody is on the way out")
    func oneForEachName() async {
        let staff = Staff(count: 2)
        let old = staff.activities[1]
        staff.scale(to: 1)
        #expect(old.leaves())
        // One begins in its place, is to leave as well, and stays.
        for count in [2, 1, 2] { staff.scale(to: count) }
        staff.left(old)
        #expect(staff.activities.map(\.id) == ["c1", "c2"])
    }

    @Test("has no use for more once somebody saw the end")
    func over() async {
        let staff = Staff(count: 2)
        var recruits = staff.recruits()
        _ = await take(2, from: &recruits)
        staff.left(staff.activities[0])
        await #expect(recruits.next() == nil)
        staff.scale(to: 5)
        await #expect(recruits.next() == nil)
    }

    private func take(_ count: Int, from recruits: inout Staff.Recruits) async -> [String] {
        var ids: [String] = []
        while ids.count < count, let recruit = await recruits.next() { ids.append(recruit.id) }
        return ids
    }
}
