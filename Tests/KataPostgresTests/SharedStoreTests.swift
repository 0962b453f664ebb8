import Foundation
import Kata
import KataTestSupport
import Logging
import Synchronization
import Testing

@testable import KataPostgres

@Suite("A PostgreSQL store that several daemons share", .timeLimit(.minutes(10)))
struct SharedStoreTests {
    private let address: PostgresAddress
    private let schema: String

    init() throws {
        let server = try PostgresServer.shared.get()
        address = try #require(PostgresAddress(server.address))
        schema = server.newSchema()
    }

    private func open(_ node: String, lease: Duration = .seconds(60)) throws -> PostgresJobStore {
        try PostgresJobStore(address, schema: schema, node: NodeIdentity(name: node, version: "test"), lease: lease)
    }

    private func query(_ sql: String) throws -> Int64 {
        let settings = PostgresSettings(address: address, schema: schema)
        return try PostgresConnection(settings).send([
            PostgresStatement("BEGIN"), settings.searchPath, PostgresStatement(sql), PostgresStatement("COMMIT"),
        ])[2].rows { $0.integer(0) }.first ?? 0
    }

    /// Has a node's lease be over, as if nothing had been heard of it for so long, and of the others all the time.
    private func expire(_ node: String) throws {
        _ = try query(
            """
            UPDATE session SET expires_at = CASE WHEN node = '\(node)' THEN clock_timestamp() ELSE expires_at END,
                contact_since = clock_timestamp() - interval '1 hour', seen_at = clock_timestamp() RETURNING 1
            """)
    }

    private func startRun(_ store: PostgresJobStore, _ jobs: [NewJob] = []) throws -> Run.ID {
        try store.transaction { transaction in
            let run = try transaction.startRun(pipeline: "p", items: nil, at: .now()).id
            _ = try transaction.submit(jobs, to: run, uniqueFor: .zero, at: .now())
            return run
        }
    }

    private func claim(
        _ store: PostgresJobStore, _ run: Run.ID, _ limit: Int = 1, perKey: Int? = nil, after: Job.ID = 0
    ) throws -> [Job] {
        var claim = JobClaim(run: run, priority: 0, limit: limit)
        claim.concurrencyPerKey = perKey
        claim.after = after
        return try store.transaction { try store.claim(claim, in: $0) }
    }

    /// Has a store make a transaction on a thread of its own, up to `body`'s end; it is committed once the latch is opened.
    private func holding<Result: Sendable>(
        _ store: PostgresJobStore, until latch: DispatchSemaphore,
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Result
    ) async -> Task<Result, any Error> {
        let isThere = Latch()
        let task = Task {
            try await onThread(named: "test") {
                try store.transaction { transaction in
                    let result = try body(transaction)
                    isThere.open()
                    latch.wait()
                    // For the case that it is begun anew.
                    latch.signal()
                    return result
                }
            }
        }
        try? await isThere.wait()
        return task
    }

    /// Waits until so many transactions wait for others.
    private func waiting(_ count: Int64 = 1) async throws {
        #expect(
            try await eventually {
                try query("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()") >= count
            })
    }

    // MARK: Claims

    @Test("gives each job to one node, however many ask at once")
    func claims() async throws {
        let stores = try ["a", "b", "c"].map { try open($0) }
        let run = try startRun(stores[0], (1...600).map { NewJob(item: "\($0)") })
        let all = try await withThrowingTaskGroup(of: [Job.ID].self) { group in
            for store in stores {
                group.addTask {
                    try await onThread(named: "test") {
                        var jobs: [Job.ID] = []
                        while true {
                            let claimed = try claim(store, run, 7)
                            // Others may have it locked at the moment.
                            if claimed.isEmpty, try query("SELECT count(*) FROM claim") == 600 { return jobs }
                            jobs += claimed.map(\.id)
                        }
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(all.count == 600 && Set(all).count == 600)
        for store in stores { store.close() }
        #expect(try query("SELECT count(*) FROM claim") == 0, "an end gives them up")
    }

    @Test("finds a job that was submitted earlier, and committed later than one that was read")
    func lateCommit() async throws {
        let (a, b) = (try open("a"), try open("b"))
        let run = try startRun(a)
        let gate = DispatchSemaphore(value: 0)
        let late = await holding(a, until: gate) {
            try $0.submit([NewJob(item: "late")], to: run, uniqueFor: .zero, at: .now())
        }
        _ = try b.transaction { try $0.submit([NewJob(item: "early")], to: run, uniqueFor: .zero, at: .now()) }
        let first = try claim(b, run, 10)
        #expect(first.map(\.item) == ["early"])
        gate.signal()
        let id = try #require(try await late.value.first?.id)
        #expect(id < first[0].id)
        #expect(try claim(b, run, 10, after: first[0].id).isEmpty)
        #expect(try claim(b, run, 10).map(\.item) == ["late"], "who looks from the start finds it")
    }

    @Test("keeps a job with its node until that is over, and gives it up when it is not done")
    func release() throws {
        let (a, b) = (try open("a"), try open("b"))
        let run = try startRun(a, ["1", "2", "3"].map { NewJob(item: $0) })
        let jobs = try claim(a, run, 3)
        #expect(try claim(b, run, 3).isEmpty)
        try a.transaction { try a.release([jobs[0].id], in: $0) }
        _ = try a.transaction { try $0.complete([done(jobs[1], by: "a:c1", .retry(reason: "x", at: .now()))]) }
        _ = try a.transaction { try $0.complete([done(jobs[2], by: "a:c1", .cutOff)]) }
        #expect(try claim(b, run, 3).map(\.item) == ["1", "3"])
        #expect(try b.transaction { try $0.promote(run: run, dueBy: .now(), limit: 9) }.map(\.item) == ["2"])
        #expect(try claim(a, run, 3).map(\.item) == ["2"])
    }

    @Test("makes jobs due once, and gives each to one node")
    func promotion() async throws {
        let (a, b) = (try open("a"), try open("b"))
        let run = try startRun(
            a, (1...200).map { NewJob(item: "\($0)", runAt: Timestamp.now().advanced(by: .seconds(60))) })
        let promoted = try await withThrowingTaskGroup(of: [Job.ID].self) { group in
            for store in [a, b] {
                group.addTask {
                    try await onThread(named: "test") {
                        var jobs: [Job.ID] = []
                        while try query("SELECT count(*) FROM job WHERE state = 1") > 0 {
                            jobs += try store.transaction {
                                try $0.promote(run: run, dueBy: .now().advanced(by: .seconds(120)), limit: 7)
                            }.map(\.id)
                        }
                        return jobs
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(promoted.count == 200 && Set(promoted).count == 200)
        let counts = try await a.counts(pipeline: "p")
        #expect(counts.pending == 200 && counts.scheduled == 0)
    }

    // MARK: Fences

    @Test("gives what a silent node had to others, and takes nothing of it any more")
    func takeover() async throws {
        let (a, b) = (try open("a"), try open("b"))
        let run = try startRun(a, ["quick", "long", "queued"].map { NewJob(item: $0) })
        let jobs = try claim(a, run, 3)
        try a.transaction { try $0.markStarted([jobs[1].id], at: .now()) }
        try expire("a")
        #expect(try await b.nodes().first { $0.name == "a" }?.state == .silent)
        try b.transaction { try b.attend(NodeReport(), in: $0) }
        #expect(try await b.nodes().first { $0.name == "a" }?.state == .gone)
        let taken = try claim(b, run, 3)
        #expect(taken.map(\.item) == ["quick", "long", "queued"])
        // Of the others nobody knows whether they were in hand.
        #expect(taken.map(\.interruptions) == [1, 1, 1])
        #expect(a.takeFindings().lostSession == false)
        let effects = try a.transaction { try $0.complete([done(jobs[0], by: "a:c1"), done(jobs[1], by: "a:c2")]) }
        #expect(effects == [nil, nil], "refused, because b has them now")
        #expect(a.takeFindings().lostSession)
        #expect(try b.transaction { try $0.complete([done(taken[0], by: "b:c1")]) } != [nil])
        #expect(try query("SELECT count(*) FROM result") == 1)
    }

    @Test("counts a job that was in hand each time, and one that was only claimed once")
    func interruptions() async throws {
        let other = try open("b")
        let run = try startRun(other, ["poison", "other"].map { NewJob(item: $0) })
        for round in 1...3 {
            let store = try open("a\(round)")
            let jobs = try claim(store, run, 2)
            if round > 1 { try store.transaction { try $0.markStarted([jobs[0].id], at: .now()) } }
            try expire("a\(round)")
            try other.transaction { try other.attend(NodeReport(), in: $0) }
            #expect(try query("SELECT count(*) FROM claim") == 0)
        }
        #expect(try query("SELECT interruptions FROM job WHERE item = 'poison'") == 3)
        #expect(try query("SELECT interruptions FROM job WHERE item = 'other'") == 1)
    }

    @Test("leaves a node alone that shows signs of life")
    func alive() async throws {
        let (a, b) = (try open("a"), try open("b"))
        let run = try startRun(a, [NewJob(item: "x")])
        let job = try claim(a, run)[0]
        try expire("")
        for _ in 1...3 { try b.transaction { try b.attend(NodeReport(), in: $0) } }
        #expect(try claim(b, run).isEmpty)
        #expect(try a.transaction { try $0.complete([done(job, by: "a:c1")]) } != [nil])
    }

    @Test("takes over nothing by a node that had no answer for a while itself")
    func late() async throws {
        let (a, b) = (try open("a"), try open("b"))
        let run = try startRun(a, [NewJob(item: "x")])
        let job = try claim(a, run)[0]
        for (contact, seen) in [("1 hour", "1 hour"), ("1 second", "0")] {
            try expire("a")
            _ = try query(
                """
                UPDATE session SET contact_since = clock_timestamp() - interval '\(contact)',
                    seen_at = clock_timestamp() - interval '\(seen)' WHERE node = 'b' RETURNING 1
                """)
            try b.transaction { try b.attend(NodeReport(), in: $0) }
            #expect(try claim(b, run).isEmpty)
        }
        #expect(try a.transaction { try $0.complete([done(job, by: "a:c1")]) } != [nil])
        try expire("a")
        try b.transaction { try b.attend(NodeReport(), in: $0) }
        #expect(b.takeFindings().takenOver == ["a"])
    }

    @Test("does not take over from a node whose transaction is under way")
    func inTransaction() async throws {
        let (a, b) = (try open("a"), try open("b"))
        let run = try startRun(a, [NewJob(item: "x")])
        let job = try claim(a, run)[0]
        try expire("a")
        let gate = DispatchSemaphore(value: 0)
        let completion = await holding(a, until: gate) {
            try $0.complete([done(job, by: "a:c1")]).count { $0 != nil }
        }
        let takeover = Task {
            try await onThread(named: "test") { try b.transaction { try b.attend(NodeReport(), in: $0) } }
        }
        try await waiting()
        gate.signal()
        #expect(try await completion.value == 1)
        try await takeover.value
        #expect(a.leaseLeft > .zero && a.takeFindings().lostSession == false)
        #expect(try query("SELECT count(*) FROM result") == 1)
    }

    @Test("begins a transaction anew whose node was taken for gone meanwhile, with what holds then")
    func fencedInTransaction() async throws {
        let (a, b) = (try open("a"), try open("b"))
        let run = try startRun(a, [NewJob(item: "x")])
        let job = try claim(a, run)[0]
        try expire("a")
        let rounds = Atomic(0)
        let effects = try a.transaction { transaction in
            // Nothing of it is with the server yet.
            if rounds.add(1, ordering: .relaxed).newValue == 1 {
                try b.transaction { try b.attend(NodeReport(), in: $0) }
                #expect(try claim(b, run).map(\.id) == [job.id])
            }
            return try transaction.complete([done(job, by: "a:c1")])
        }
        #expect(effects == [nil] && rounds.load(ordering: .relaxed) == 2)
        #expect(try query("SELECT count(*) FROM result") == 0)
    }

    // MARK: Order

    @Test("commits results in the order in which they are read")
    func order() async throws {
        let (a, b) = (try open("a"), try open("b"))
        let run = try startRun(a, (1...2).map { NewJob(item: "\($0)") })
        let jobs = try claim(a, run, 2)
        try a.transaction { try a.release([jobs[1].id], in: $0) }
        let second = try claim(b, run)[0]
        let gate = DispatchSemaphore(value: 0)
        let first = await holding(a, until: gate) { _ = try $0.complete([done(jobs[0], by: "a:c1")]) }
        let other = Task {
            try await onThread(named: "test") {
                try b.transaction { _ = try $0.complete([done(second, by: "b:c1")]) }
            }
        }
        try await waiting()
        #expect(try await b.results(ResultSelection(), after: 0, limit: 9).isEmpty, "not before the first")
        gate.signal()
        try await first.value
        try await other.value
        let results = try await b.results(ResultSelection(), after: 0, limit: 9)
        #expect(results.map(\.consumerID) == ["a:c1", "b:c1"])
    }

    @Test("tells how far a run is, with what all nodes have done")
    func tallies() throws {
        let (a, b) = (try open("a"), try open("b"))
        let run = try startRun(a, (1...4).map { NewJob(item: "\($0)") })
        let jobs = try claim(a, run, 2)
        let others = try claim(b, run, 2)
        _ = a.takeFindings()
        _ = b.takeFindings()
        _ = try a.transaction { try $0.complete(jobs.map { done($0, by: "a:c1") }) }
        _ = try b.transaction { try $0.complete(others.map { done($0, by: "b:c1") }) }
        let (first, second) = (a.takeFindings().tallies, b.takeFindings().tallies)
        #expect(first.map(\.counts.done) == [2] && second.map(\.counts.done) == [4])
        #expect(first[0].version < second[0].version)
        try b.transaction { try $0.add(items: [], to: run, progress: .exhausted, at: .now()) }
        #expect(try b.transaction { try $0.endSession(run: run, elapsed: .seconds(1), at: .now()) })
        #expect(
            try a.transaction { try $0.endSession(run: run, elapsed: .seconds(2), at: .now()) }, "whoever was first")
    }

    @Test("does not finish a run as long as another node has a job of it")
    func unfinished() throws {
        let (a, b) = (try open("a"), try open("b"))
        let run = try startRun(a, [NewJob(item: "x")])
        let job = try claim(b, run)[0]
        try a.transaction { try $0.add(items: [], to: run, progress: .exhausted, at: .now()) }
        #expect(try !a.transaction { try $0.endSession(run: run, elapsed: .zero, at: .now()) })
        _ = try b.transaction { try $0.complete([done(job, by: "b:c1")]) }
        #expect(try a.transaction { try $0.endSession(run: run, elapsed: .zero, at: .now()) })
    }

    @Test("starts one run, and opens it again for jobs that come as it ends")
    func runs() async throws {
        let (a, b) = (try open("a"), try open("b"))
        let started = await withTaskGroup(of: Bool.self) { group in
            for store in [a, b] {
                group.addTask {
                    (try? await onThread(named: "test") { try startRun(store) }) != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(started == 1)
        let run = try #require(try await a.unfinishedRun(pipeline: "p")?.id)
        #expect(try a.transaction { try $0.unfinishedRun(pipeline: "p") } == run)
        try b.transaction { try $0.add(items: [], to: run, progress: .exhausted, at: .now()) }
        #expect(try b.transaction { try $0.endSession(run: run, elapsed: .zero, at: .now()) })
        // It does not know yet that it is finished.
        _ = try a.transaction { try $0.submit([NewJob(item: "x")], to: run, uniqueFor: .zero, at: .now()) }
        #expect(try await b.unfinishedRun(pipeline: "p")?.counts.pending == 1)
    }

    // MARK: Looks before writes

    @Test("takes the same request once, and a unique key once, from two nodes at the same time")
    func once() async throws {
        let (a, b) = (try open("a"), try open("b"))
        let run = try startRun(a)
        let gate = DispatchSemaphore(value: 0)
        let first = await holding(a, until: gate) { transaction in
            #expect(try transaction.submission(key: "k", pipeline: "p") == nil)
            let jobs = try transaction.submit(
                [NewJob(item: "x", uniqueKey: "u")], to: run, uniqueFor: .zero, at: .now())
            try transaction.saveSubmission(
                Submission(fingerprint: 1, jobs: jobs), key: "k", pipeline: "p", at: .now(),
                forgettingBefore: Timestamp(milliseconds: 0))
            return jobs
        }
        let second = Task {
            try await onThread(named: "test") {
                try b.transaction { transaction in
                    (
                        try transaction.submission(key: "k", pipeline: "p"),
                        try transaction.submit(
                            [NewJob(item: "x", uniqueKey: "u")], to: run, uniqueFor: .zero, at: .now())
                    )
                }
            }
        }
        try await waiting()
        gate.signal()
        let jobs = try await first.value
        let (submission, others) = try await second.value
        #expect(submission?.jobs == jobs)
        #expect(others.map(\.id) == jobs.map(\.id) && others[0].isDuplicate)
        #expect(try query("SELECT count(*) FROM job") == 1)
    }

    @Test("tells a job that came to wait for another one just as that ended on another node")
    func dependency() async throws {
        let (a, b) = (try open("a"), try open("b"))
        let run = try startRun(a, [NewJob(item: "blocker")])
        let blocker = try claim(a, run)[0]
        let gate = DispatchSemaphore(value: 0)
        let submission = await holding(b, until: gate) { transaction in
            try transaction.submit(
                [NewJob(item: "dependent", after: JobIDs([blocker.id]))], to: run, uniqueFor: .zero, at: .now())
        }
        let isCompleted = Latch()
        let completion = Task {
            defer { isCompleted.open() }
            return try await onThread(named: "test") {
                try a.transaction { try $0.complete([done(blocker, by: "a:c1")]) }
            }
        }
        // It has to wait for the one that looks at the blocker.
        try await waiting()
        #expect(!isCompleted.isOpen)
        gate.signal()
        let dependent = try #require(try await submission.value.first?.id)
        #expect(try await completion.value[0]?.changes.map(\.job) == [dependent])
        #expect(try await a.job(dependent)?.state == .scheduled)
    }

    @Test("has a source read on by one node at a time, and says how far the others have read")
    func progress() async throws {
        let (a, b) = (try open("a"), try open("b"))
        let run = try startRun(a)
        let gate = DispatchSemaphore(value: 0)
        let first = await holding(a, until: gate) { transaction in
            #expect(try a.sourceProgress(of: run, isLocal: false, in: transaction) == .start)
            try transaction.add(items: ["1", "2"], to: run, progress: .at(cursor: "2"), at: .now())
        }
        let second = Task {
            try await onThread(named: "test") {
                try b.transaction { try b.sourceProgress(of: run, isLocal: false, in: $0) }
            }
        }
        try await waiting()
        gate.signal()
        try await first.value
        #expect(try await second.value == .at(cursor: "2"))
    }

    @Test("has each item of a source once that two nodes read at the same time", .timeLimit(.minutes(5)))
    func source() async throws {
        let stores = try ["a", "b"].map { try open($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for store in stores {
                group.addTask {
                    let recorder = Recorder(
                        store: store, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                    let pipeline = try await Pipeline(
                        configuration: PipelineConfiguration(
                            name: "p", queueSize: 10, itemCount: 200, workerCount: 4, source: Numbers(),
                            handler: Nothing()),
                        store: store, recorder: recorder,
                        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                    // Nobody tells it of the other one, so it is drained when all is done.
                    async let run: Void = pipeline.run(.untilDrained)
                    #expect(try await eventually { try query("SELECT coalesce(max(done), 0) FROM run") >= 200 })
                    pipeline.drain()
                    try await run
                    await recorder.stop()
                }
            }
            try await group.waitForAll()
        }
        #expect(try query("SELECT count(*) FROM job") == 200)
        #expect(try query("SELECT count(DISTINCT item) FROM job") == 200)
        #expect(try query("SELECT count(*) FROM result") == 200)
    }

    @Test("leaves the source of one machine, and its jobs, to the node on that machine")
    func local() throws {
        let (a, b) = (try open("a"), try open("b"))
        let run = try startRun(a, (1...2).map { NewJob(item: "\($0)") })
        #expect(try a.transaction { try a.sourceProgress(of: run, isLocal: true, in: $0) } == .start)
        #expect(try b.transaction { try b.sourceProgress(of: run, isLocal: true, in: $0) } == nil)
        func claimLocal(_ store: PostgresJobStore) throws -> [Job] {
            var claim = JobClaim(run: run, priority: 0, limit: 9)
            claim.isLocal = true
            return try store.transaction { try store.claim(claim, in: $0) }
        }
        #expect(try claimLocal(b).isEmpty)
        #expect(try claimLocal(a).count == 2)
        let here = try b.transaction { transaction in
            let jobs = try transaction.submit([NewJob(item: "b's")], to: run, uniqueFor: .zero, at: .now())
            try b.keepHere(jobs.map(\.id), in: transaction)
            return jobs[0].id
        }
        #expect(try claim(a, run, 9).isEmpty)
        #expect(try claim(b, run, 9).map(\.id) == [here])
    }

    // MARK: Limits

    @Test("never gives out more jobs of a key than may be in hand, and the next one when one ends")
    func keys() async throws {
        let stores = try ["a", "b", "c"].map { try open($0) }
        let run = try startRun(
            stores[0], (1...30).map { NewJob(item: "\($0)", key: "k\($0 % 3)") } + [NewJob(item: "free")])
        let jobs = try await withThrowingTaskGroup(of: (ids: [Job.ID], most: Int64).self) { group in
            for store in stores {
                group.addTask {
                    try await onThread(named: "test") {
                        var all: [Job.ID] = []
                        var most: Int64 = 0
                        while try query("SELECT done FROM run") < 31 {
                            let claimed = try claim(store, run, 9, perKey: 2)
                            all += claimed.map(\.id)
                            let count = try query(
                                "SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM claim JOIN job ON id = job_id "
                                    + "WHERE limit_key IS NOT NULL GROUP BY limit_key) AS counts")
                            most = max(most, count)
                            if claimed.isEmpty { continue }
                            _ = try store.transaction {
                                try $0.complete(claimed.map { done($0, by: "\(store.node):c1") })
                            }
                        }
                        return (all, most)
                    }
                }
            }
            return try await group.reduce(into: (ids: [], most: 0)) {
                ($0.ids, $0.most) = ($0.ids + $1.ids, max($0.most, $1.most))
            }
        }
        #expect(jobs.ids.count == 31 && Set(jobs.ids).count == 31)
        #expect(jobs.most == 2)
    }

    @Test("gives all nodes together one turn in each interval, by the server's clock")
    func turns() async throws {
        let (a, b) = (try open("a"), try open("b"))
        _ = try startRun(a)
        let begin = ContinuousClock.now
        var last = Duration.zero
        for number in 1...20 {
            let store = number.isMultiple(of: 2) ? a : b
            last = try store.transaction {
                try store.takeTurns(5, each: .seconds(1), pipeline: "p", key: number < 15 ? nil : "k", in: $0)
            }
            if number == 15 { #expect(last < .milliseconds(1), "the first one of another key") }
            if number == 14 {
                let passed = begin.duration(to: .now)
                #expect(last <= .seconds(13 * 5) && last >= .seconds(13 * 5) - passed)
            }
        }
        #expect(last <= .seconds(5 * 5) && last > .seconds(4 * 5))
    }

    // MARK: News

    @Test("tells a node what others have changed, and calls it")
    func news() async throws {
        let (a, b) = (try open("a"), try open("b"))
        let run = try startRun(a, (1...3).map { NewJob(item: "\($0)") })
        try b.transaction {
            try b.attend(
                NodeReport(pipelines: [.init(name: "p", state: "idle", workers: 1, running: 0, rate: 0)]), in: $0)
        }
        let jobs = try claim(b, run, 2)
        var news = try await b.news(pipelines: ["p", "q"], jobs: [jobs[0].id])
        #expect(news.pipelines.count == 1 && !news.pipelines[0].isPaused)
        #expect(news.pipelines[0].run?.counts.pending == 3 && news.cancelled.isEmpty && news.finished.isEmpty)
        // Until it has heard itself, it can't count on being called.
        #expect(
            try await eventually {
                try b.transaction { try b.attend(NodeReport(), in: $0) }
                return try await b.waitForCall()
            })
        #expect(
            try await eventually {
                try a.transaction { try a.attend(NodeReport(), in: $0) }
                return try await a.nodes().filter { $0.state == .alive }.count == 2
            })
        async let call = b.waitForCall()
        _ = try a.transaction { transaction in
            _ = try transaction.cancel(jobs[0].id, at: .now())
            try transaction.setPaused(true, pipeline: "p", at: .now())
            let (isThere, isNot) = (
                try a.scale("p", on: "b", to: 7, in: transaction), try a.scale("p", on: "c", to: 7, in: transaction)
            )
            #expect(isThere && !isNot)
        }
        #expect(try await call)
        news = try await b.news(pipelines: ["p"], jobs: [jobs[0].id])
        #expect(news.cancelled.map(\.job) == [jobs[0].id] && news.cancelled[0].attempt == 1)
        #expect(news.finished == [jobs[0].id])
        #expect(news.pipelines[0].isPaused && news.pipelines[0].workers == 7)
        try b.transaction { try b.release([jobs[0].id], in: $0) }
        #expect(try await b.news(pipelines: ["p"], jobs: []).cancelled.isEmpty)
    }

    @Test("has a job that another node has neither edited nor its unique key taken")
    func claimed() throws {
        let (a, b) = (try open("a"), try open("b"))
        let run = try startRun(a, [NewJob(item: "x", uniqueKey: "u")])
        let job = try claim(b, run)[0]
        #expect(throws: StoreError.begun(job.id)) {
            try a.transaction { try $0.edit(job.id, JobEdit(item: "y"), at: .now()) }
        }
        _ = try a.transaction { try $0.cancel(job.id, at: .now()) }
        func submit() throws -> [SubmittedJob] {
            try a.transaction {
                try $0.submit([NewJob(item: "x", uniqueKey: "u")], to: run, uniqueFor: .zero, at: .now())
            }
        }
        #expect(try submit()[0].isDuplicate, "its handler may still be at it")
        try b.transaction { try b.release([job.id], in: $0) }
        #expect(try !submit()[0].isDuplicate)
    }
}

/// The numbers from 1 to 200, a few at a time.
private struct Numbers: JobSource {
    func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        let last = if case .at(let cursor) = progress { Int(cursor) ?? 0 } else { 0 }
        let next = min(200, last + 10)
        return SourceBatch(
            items: (last..<next).map { "\($0 + 1)" }, progress: next == 200 ? .exhausted : .at(cursor: "\(next)"))
    }
}

private struct Nothing: JobHandler {
    func handle(_ job: Job, in context: JobContext) async throws {}
}

private func done(_ job: Job, by consumer: String, _ outcome: Completion.Outcome = .done) -> Completion {
    Completion(job: job, consumerID: consumer, outcome: outcome, startedAt: .now(), finishedAt: .now())
}
