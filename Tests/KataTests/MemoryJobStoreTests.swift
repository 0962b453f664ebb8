import Kata
import KataTestSupport
import Testing

@Suite("The store in memory")
struct MemoryJobStoreTests {
    private let conformance = JobStoreConformance { MemoryJobStore() }

    @Test("does what a store must:", arguments: JobStoreBehaviour.allCases)
    func conforms(_ behaviour: JobStoreBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("keeps its content for whoever opens it again")
    func reopens() async throws {
        try await JobStoreConformance(reopen: { $0 }, makeStore: { MemoryJobStore() }).checkReopening()
    }
}
