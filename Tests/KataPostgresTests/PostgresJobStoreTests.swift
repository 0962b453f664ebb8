import Kata
import KataTestSupport
import Testing

@testable import KataPostgres

@Suite("The PostgreSQL store", .serialized)
struct PostgresJobStoreTests {
    private let conformance: JobStoreConformance

    init() throws {
        let server = try PostgresServer.shared.get()
        let address = try #require(PostgresAddress(server.address))
        let schema = server.newSchema()
        @Sendable func open() throws -> PostgresJobStore {
            try PostgresJobStore(address, schema: schema, node: NodeIdentity(name: "a", version: "test"), isOwner: true)
        }
        conformance = JobStoreConformance(
            // As after a crash of the first one.
            reopen: { _ in try open() },
            makeStore: { try open() }
        )
    }

    @Test("does the same behind PgBouncer, in transaction mode", arguments: SubmissionBehaviour.allCases)
    func bouncer(_ behaviour: SubmissionBehaviour) async throws {
        let server = try PostgresServer.shared.get()
        let address = try #require(PostgresAddress(Self.bouncer.get().address))
        let schema = server.newSchema()
        let conformance = JobStoreConformance {
            try PostgresJobStore(address, schema: schema, node: NodeIdentity(name: "a", version: "test"))
        }
        try await conformance.check(behaviour)
    }

    private static let bouncer = Result { try PostgresServer(bouncing: PostgresServer.shared.get()) }

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
        try await conformance.checkReopening()
    }
}
