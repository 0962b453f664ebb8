import Kata
import KataTestSupport
import KataTesting
import Testing

@Suite("The store in memory")
struct MemoryJobStoreTests {
    private let conformance = JobStoreConformance { MemoryJobStore() }

    @Test("does what a store must:", arguments: JobStoreBehaviour.allCases)
    func conforms(_ behaviour: JobStoreBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("does what a store must with submitted jobs:", arguments: SubmissionBehaviour.allCases)
    func submissions(_ behaviour: SubmissionBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("does what a store must with alarms and schedules:", arguments: AlarmBehaviour.allCases)
    func alarms(_ behaviour: AlarmBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("does what a store must with changes of jobs:", arguments: JobChangeBehaviour.allCases)
    func changes(_ behaviour: JobChangeBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("does what a store must with sessions:", arguments: SessionBehaviour.allCases)
    func sessions(_ behaviour: SessionBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("tells what a store must:", arguments: JobReadingBehaviour.allCases)
    func reading(_ behaviour: JobReadingBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("does what a store must with jobs that wait for others:", arguments: DependencyBehaviour.allCases)
    func dependencies(_ behaviour: DependencyBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("does what a store must with what jobs print:", arguments: OutputBehaviour.allCases)
    func outputs(_ behaviour: OutputBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("does what a store must when jobs are forgotten:", arguments: PruneBehaviour.allCases)
    func prune(_ behaviour: PruneBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("keeps its content for whoever opens it again")
    func reopens() async throws {
        try await JobStoreConformance(reopen: { $0 }, makeStore: { MemoryJobStore() }).checkReopening()
    }
}
