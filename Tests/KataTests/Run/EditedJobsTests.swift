import Testing

@testable import Kata

@Suite("Jobs that are edited")
struct EditedJobsTests {
    private let jobs = EditedJobs()

    @Test("are no matter to others")
    func others() {
        #expect(!jobs.areThere && jobs.begin(1) == .nothing)
        _ = jobs.watch(2)
        #expect(jobs.areThere && jobs.begin(1) == .nothing)
    }

    @Test("are read again before each beginning, and begun once at a time")
    func begin() {
        _ = jobs.watch(1)
        #expect(jobs.begin(1) == .read)
        #expect(jobs.begin(1) == .leave)
        _ = jobs.ended(1)
        #expect(jobs.begin(1) == .read)
    }

    @Test("are not edited if they were begun since they have been watched, even if that is over")
    func begun() {
        let watch = jobs.watch(1)
        #expect(jobs.isUnbegun(1, since: watch))
        _ = jobs.begin(1)
        #expect(!jobs.isUnbegun(1, since: watch))
        _ = jobs.ended(1)
        #expect(!jobs.isUnbegun(1, since: watch))
        #expect(jobs.isUnbegun(1, since: jobs.watch(1)))
        #expect(!jobs.isUnbegun(2, since: 0), "nobody watches it")
    }

    @Test("are forgotten once it is sure that there is no copy of them")
    func forgotten() {
        _ = jobs.watch(1)
        jobs.edited(1)
        jobs.withdrew([1], ungiven: [1])
        jobs.unwatch(1)
        #expect(!jobs.areThere)
    }

    @Test("are forgotten with an edit that no copy was touched in")
    func unwatched() {
        for _ in 1...2 { _ = jobs.watch(1) }
        jobs.unwatch(1)
        #expect(jobs.isWatched(1), "another edit is under way")
        jobs.unwatch(1)
        #expect(!jobs.areThere)
        _ = jobs.watch(1)
        jobs.edited(1)
        jobs.withdrew([1], ungiven: [1])
        #expect(jobs.isWatched(1), "the edit is not over")
        jobs.unwatch(1)
        #expect(!jobs.areThere)
        _ = jobs.watch(2)
        #expect(jobs.begin(2) == .read)
        jobs.unwatch(2)
        #expect(jobs.isWatched(2), "a consumer has it in hand")
    }

    @Test("are forgotten once what was on the queue then has been taken from it, when there are many")
    func swept() {
        for job in Job.ID(1)...Job.ID(EditedJobs.sweepLimit + 1) {
            #expect(!jobs.areMany)
            _ = jobs.watch(job)
            jobs.edited(job)
            jobs.withdrew([job], ungiven: [], produced: Int(job))
            jobs.unwatch(job)
        }
        #expect(jobs.areMany)
        jobs.sweep(taken: 5_002, inHand: [7])
        #expect(!jobs.isWatched(1) && !jobs.isWatched(5_000) && jobs.isWatched(5_001) && jobs.isWatched(7))
        #expect(!jobs.areMany)
    }

    @Test("say at the end of the copy in hand whether another one was left meanwhile")
    func leaves() {
        _ = jobs.watch(1)
        #expect(jobs.begin(1) == .read)
        #expect(!jobs.ended(1))
        #expect(jobs.begin(1) == .read)
        #expect(jobs.begin(1) == .leave)
        #expect(jobs.ended(1))
        #expect(!jobs.ended(1) && jobs.mayBeOut(1))
    }

    @Test("stay known while a copy may be out")
    func copies() {
        _ = jobs.watch(1)
        jobs.edited(1)
        jobs.withdrew([1], ungiven: [])
        #expect(jobs.mayBeOut(1) && !jobs.mayBeOut(2))
        // The copy that came back goes; the one from before may still come.
        jobs.edited(1)
        jobs.withdrew([1], ungiven: [1])
        #expect(jobs.begin(1) == .read)
    }
}
