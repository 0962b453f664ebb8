import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("The start marks of a pipeline", .timeLimit(.minutes(10)))
struct PipelineStartMarkTests {
    private let store = MemoryJobStore()
    private let gates = Gates()
    private var fixture: PipelineFixture {
        PipelineFixture(store: store, itemCount: 1, handler: TestHandler(gates: gates))
    }

    @Test("are made before the jobs begin, after a session that broke off")
    func careful() async throws {
        let (run, _) = try await store.run("p", items: ["0"])
        try beginSession(run.id)
        try await fixture.whileRunning(.once) { [gates] _ in
            try await gates.waitForArrival(at: "0")
            // What a daemon would do that starts after this one broke off now.
            try beginSession(run.id)
            try await #expect(store.record(1).job.interruptions == 1)
            gates.openAll()
        }
        try await #expect(fixture.items() == ["0"])
    }

    @Test("are made of jobs that take a while")
    func late() async throws {
        try await fixture.whileRunning(.once) { [gates] _ in
            try await gates.waitForArrival(at: "0")
            try await #expect(
                eventually {
                    try beginSession(1)
                    return try await store.record(1).job.interruptions == 1
                })
            gates.openAll()
        }
        try await #expect(fixture.items() == ["0"])
    }

    @Test("are gone when the jobs were done or handed back", arguments: [true, false])
    func gone(givesUp: Bool) async throws {
        let (run, _) = try await store.run("p", items: ["0"])
        try beginSession(run.id)
        try await fixture.whileRunning(.once) { [gates] pipeline in
            try await gates.waitForArrival(at: "0")
            if givesUp { pipeline.giveUp() } else { gates.openAll() }
        }
        try beginSession(run.id)
        try await #expect(store.record(1).job.interruptions == 0)
    }

    private func beginSession(_ run: Run.ID) throws {
        _ = try store.transaction { try $0.beginSession(run: run) }
    }
}
