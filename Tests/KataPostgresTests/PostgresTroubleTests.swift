import Foundation
import Kata
import KataTestSupport
import Testing

@testable import KataPostgres

@Suite("A PostgreSQL store in trouble", .serialized, .timeLimit(.minutes(20)))
struct PostgresTroubleTests {
    private let server: PostgresServer
    private let schema: String

    init() throws {
        server = try PostgresServer.shared.get()
        schema = server.newSchema()
    }

    private func open(_ folder: String, node: String = "a", isOwner: Bool = true) throws -> PostgresJobStore {
        let address = try #require(PostgresAddress(PostgresServer.address(folder)))
        return try PostgresJobStore(
            address, schema: schema, node: NodeIdentity(name: node, version: "test"), isOwner: isOwner)
    }

    /// How many rounds; more if the environment says so.
    private static var rounds: Int {
        ProcessInfo.processInfo.environment["KATA_POSTGRES_CUTS"].flatMap(Int.init) ?? 150
    }

    @Test("keeps each transaction once, wherever its connection is cut")
    func cuts() async throws {
        let proxy = try CuttingProxy(folder: server.folder)
        let store = try open(proxy.folder)
        let run = try store.transaction { try $0.startRun(pipeline: "a", items: nil, at: .now()) }
        var random = SeededGenerator(seed: 17)
        var (undecided, kept) = (0, 0)
        for number in 0..<Self.rounds {
            let isSent = Bool.random(using: &random)
            let bytes = Int.random(in: 1...(isSent ? 2_200 : 700), using: &random)
            proxy.arm(isSent ? .afterSent(bytes) : .afterAnswered(bytes))
            var isDone = false
            while !isDone {
                do {
                    _ = try store.transaction { transaction in
                        // A read, so that there are two round trips.
                        _ = try transaction.unfinishedRun(pipeline: "a")
                        return try transaction.submit(
                            [NewJob(item: "\(number)")], to: run.id, uniqueFor: .zero, at: .now())
                    }
                    isDone = true
                } catch let failure as StoreFailure where failure.isUndecided {
                    undecided += 1
                    // The answer to that may be lost as well.
                    proxy.arm(.afterAnswered(.random(in: 1...1_200, using: &random)))
                    isDone = try settle(store, proxy)
                    if isDone { kept += 1 }
                } catch let failure as StoreFailure where failure.mayPass {
                    // It was cut before the commit.
                }
            }
        }
        proxy.disarm()
        let items = try await store.jobs(JobFilter(), before: .max, limit: Self.rounds + 1, textLimit: 100)
            .map(\.job.item)
        #expect(items == (0..<Self.rounds).reversed().map(String.init))
        #expect(try await store.counts(pipeline: "a").pending == Self.rounds)
        #expect(proxy.count > Self.rounds / 2 && kept > 0 && undecided > kept, "\(proxy.count), \(undecided), \(kept)")
        store.close()
    }

    /// Finds out what became of the last transaction, however often the way to the server is cut.
    private func settle(_ store: PostgresJobStore, _ proxy: CuttingProxy) throws -> Bool {
        while true {
            do {
                let isKept = try store.hasKeptUndecided()
                proxy.disarm()
                return isKept
            } catch let failure as StoreFailure where failure.mayPass {
                continue
            }
        }
    }

    @Test("makes nothing of a transaction that the server carries out after it was given up")
    func late() async throws {
        let store = try open(server.folder)
        let run = try store.transaction { try $0.startRun(pipeline: "a", items: nil, at: .now()) }
        // As if it lay in the server's buffer all the time: it has the number that was given up.
        let session = try store.transaction { transaction in
            try #require(transaction as? PostgresTransaction).rows(
                // This transaction has raised the number already, and the next one begins with that.
                "SELECT id, sequence FROM session WHERE ended_at IS NULL"
            ) { Session(id: $0.integer(0), sequence: $0.integer(1)) }[0]
        }
        let connection = try PostgresConnection(settings)
        for _ in 1...3 {
            // However often it is asked, as the answer may be lost as well.
            let (_, isCommitted) = try #require(try session.settle(on: connection))
            #expect(!isCommitted)
        }
        let error = #expect(throws: PostgresError.self) {
            try connection.send([
                PostgresStatement("BEGIN"), session.fence(.seconds(10), settings),
                PostgresStatement("INSERT INTO job (id, run_id, created_at, item) VALUES (1000, \(run.id), 0, 'late')"),
                PostgresStatement("COMMIT"),
            ])
        }
        #expect(error?.isFenced == true)
        try await #expect(store.jobs(JobFilter(), before: .max, limit: 10, textLimit: 100).isEmpty)
    }

    @Test("waits for the lease of a daemon with its name that may be gone")
    func taken() async throws {
        let first = try open(server.folder, isOwner: false)
        let waits = #expect(throws: StoreFailure.self) { try open(server.folder, isOwner: false) }
        #expect(waits?.mayPass == true && waits?.description.contains("can be taken over in ") == true)
        // As if nothing had been recorded for that long.
        let settings = try settings
        try PostgresConnection(settings).send([
            PostgresStatement("BEGIN"), settings.searchPath,
            PostgresStatement("UPDATE session SET expires_at = clock_timestamp()"), PostgresStatement("COMMIT"),
        ])
        let second = try open(server.folder, isOwner: false)
        #expect(second.afterCrash)
        let failure = #expect(throws: StoreFailure.self, "the other one has the name now") {
            try first.transaction { _ in }
        }
        #expect(failure?.mayPass == true)
        second.close()
        try first.transaction { _ in }
        first.close()
        let third = try open(server.folder, isOwner: false)
        #expect(!third.afterCrash, "an end that was said is no crash")
        third.close()
    }

    @Test("refuses a database of another encoding")
    func encoding() throws {
        let settings = try settings
        let name = "latin_\(schema)".lowercased()
        try PostgresConnection(settings).send([
            PostgresStatement("CREATE DATABASE \(name) ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        ])
        let address = try #require(PostgresAddress(server.address.dropLast("/kata".count) + "/\(name)"))
        let refusal = #expect(throws: PostgresOpenError.self) {
            try PostgresJobStore(address, node: NodeIdentity(name: "a", version: "test"))
        }
        #expect(refusal?.description.contains("its encoding is LATIN1, expected UTF8") == true)
    }

    @Test("is refused beside a daemon of a version that does not share")
    func alone() async throws {
        let first = try open(server.folder)
        let settings = try settings
        try PostgresConnection(settings).send([
            PostgresStatement("BEGIN"), settings.searchPath,
            PostgresStatement("UPDATE session SET claims = false"), PostgresStatement("COMMIT"),
        ])
        let refused = #expect(throws: PostgresOpenError.self) { try open(server.folder, node: "b", isOwner: false) }
        #expect(refused?.description.contains("of the node 'a'") == true)
        first.close()
        try open(server.folder, node: "b", isOwner: false).close()
    }

    @Test("goes on after the server was restarted, whether it was stopped or has crashed", arguments: [false, true])
    func restarts(crashes: Bool) async throws {
        let server = try PostgresServer()
        let address = try #require(PostgresAddress(server.address))
        let store = try PostgresJobStore(address, node: NodeIdentity(name: "a", version: "test"))
        let run = try store.transaction { try $0.startRun(pipeline: "a", items: nil, at: .now()) }
        for number in 1...3 {
            try server.restart(crashes: crashes)
            try await #expect(store.counts(pipeline: "a").pending == number - 1, "a read connects by itself")
            let failure = #expect(throws: StoreFailure.self) { try store.transaction { _ in } }
            #expect(failure?.mayPass == true)
            if failure?.isUndecided == true { #expect(try !store.hasKeptUndecided()) }
            _ = try store.transaction {
                try $0.submit([NewJob(item: "x")], to: run.id, uniqueFor: .zero, at: .now())
            }
        }
        try await #expect(store.counts(pipeline: "a").pending == 3)
        store.close()
    }

    @Test("says of a server that is not there, of what it refuses and of what is not Kata's what to do")
    func refusals() async throws {
        func failure(_ address: String) -> (any Error)? {
            #expect(throws: (any Error).self) {
                try PostgresJobStore(
                    try #require(PostgresAddress(address)), node: NodeIdentity(name: "a", version: "test"))
            }
        }
        let gone = failure("postgres://kata:secret@%2Fnowhere/kata")
        #expect((gone as? StoreFailure)?.cause == .failing, "it may come yet")
        let missing = failure(server.address + "2")
        #expect("\(missing as Any)".contains("createdb"))
        let role = failure(server.address.replacing("kata@", with: "nobody:secret@"))
        #expect(
            { if case PostgresOpenError.permissionDenied? = role as? PostgresOpenError { true } else { false } }(),
            "\(role as Any)")
        let bad = failure("postgres://kata:se%cret@host/kata")
        #expect("\(bad as Any)".contains("write % as %25") && !"\(bad as Any)".contains("cret"))
        #expect("\(failure("postgres://host/kata?no_such_parameter=1") as Any)".contains("no_such_parameter"))
        for error in [gone, missing, role, bad] { #expect(!"\(error as Any)".contains("secret")) }
        let reading = #expect(throws: PostgresOpenError.self) {
            try PostgresReader(try #require(PostgresAddress(server.address)), schema: "nothing")
        }
        #expect(reading?.description.contains("no katad has worked with it yet") == true)
    }

    private var settings: PostgresSettings {
        get throws {
            PostgresSettings(address: try #require(PostgresAddress(server.address)), schema: schema)
        }
    }
}
