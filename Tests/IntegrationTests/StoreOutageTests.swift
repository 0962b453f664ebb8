import Foundation
import KataTestSupport
import Testing

/// A daemon whose database can't be written for a while.
@Suite("A store that takes no writes", .timeLimit(.minutes(20)))
struct StoreOutageTests {
    private let workplace: Workplace
    private let socket: [String]

    init() async throws {
        workplace = try Workplace()
        socket = ["--socket", workplace.socket]
        try workplace.write(
            """
            drain_timeout: 1s
            pipelines:
              work:
                queue_size: 5
                worker_count: 1
                producer: { plugin: inbox }
                consumer: { plugin: exec, command: [./work.sh, "{item}"] }
            """, to: "kata.yaml")
        // A job ends when its file appears.
        try await workplace.writeProgram(
            "#!/bin/sh\ntouch \"$1.begun\"\nuntil [ -e \"$1.end\" ]; do sleep 0.05; done\n", to: "work.sh")
    }

    @Test("because its disk is full refuses submits, keeps what was finished, and goes on once there is room")
    func full() async throws {
        guard let (disk, daemon) = try await startOnFullDisk() else { return }
        defer { withExtendedLifetime(disk) {} }
        #expect(try await status().contains("1 result waiting: no space for the database"))
        let refused = try await workplace.run(Binaries.kataControl, ["submit", "work", "b"] + socket)
        #expect(refused.code == 74 && refused.errors.contains("make room"), "\(refused.errors)")

        try FileManager.default.removeItem(atPath: workplace.path("disk/filler"))
        try await #require(eventually { try await status().contains("1 done") })
        try await #expect(eventually { try await !status().contains("store:") })
        try workplace.write("", to: "b.end")
        #expect(try await workplace.run(Binaries.kataControl, ["submit", "work", "b"] + socket).code == 0)
        try await #require(eventually { try await status().contains("2 done") })
        #expect(daemon.standardError.contains("the store takes no writes"))
        #expect(daemon.standardError.contains("the store takes writes again"))
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("because its disk is full ends a drain with 74 when that takes too long, and says what it has not recorded")
    func fullDuringDrain() async throws {
        guard let (disk, daemon) = try await startOnFullDisk() else { return }
        defer { withExtendedLifetime(disk) {} }
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 74)
        #expect(daemon.standardError.contains("results_not_recorded=1"), "\(daemon.standardError)")

        // The job is done again, and has lost no attempt.
        try FileManager.default.removeItem(atPath: workplace.path("disk/filler"))
        let next = try workplace.startDaemon("--database", "disk/kata.db")
        try await #require(eventually { try await status().contains("1 done") })
        let interruptions = try await workplace.run(
            "sqlite3", ["-readonly", "disk/kata.db", "SELECT state, attempt, interruptions FROM jobs"])
        #expect(interruptions.output == "done|1|0\n", "\(interruptions)")
        next.kill(SIGTERM)
        #expect(try await next.wait() == 0)
    }

    @Test("because another process has locked it refuses submits, and goes on once it is free")
    func locked() async throws {
        let daemon = try workplace.startDaemon()
        try await beginJob("a")
        let script = """
            (echo "BEGIN IMMEDIATE; SELECT 'locked';"; until [ -e unlock ]; do sleep 0.05; done) | sqlite3 kata.db
            """
        let shell = try ChildProcess("/bin/sh", ["-c", script], in: workplace.directory)
        try await #require(eventually { shell.standardOutput.contains("locked") })
        try workplace.write("", to: "a.end")
        let refused = try await workplace.run(Binaries.kataControl, ["submit", "work", "b"] + socket)
        #expect(refused.code == 69 && refused.errors.contains("is locked by another process"), "\(refused.errors)")
        try await #require(eventually { try await status().contains("store: locked since") })

        try workplace.write("", to: "unlock")
        #expect(try await shell.wait() == 0)
        try await #require(eventually { try await status().contains("1 done") })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("because its syncs fail answers a submit only once it is there, and keeps it once")
    func failingSyncs() async throws {
        let disk = try await FaultyDisk(in: workplace)
        let daemon = try workplace.startDaemon(environment: disk.environment)
        // Until it has nothing to write, the submit would not be what fails.
        try await beginJob("z")
        try workplace.write("", to: "z.end")
        try await #require(eventually { try await status().contains("1 done") })
        try disk.set(.syncs)
        let submit = try ChildProcess(
            Binaries.kataControl, ["submit", "work", "a"] + socket, in: workplace.directory)
        try await #require(eventually { try await status().contains("store: failing since") })
        let refused = try await workplace.run(Binaries.kataControl, ["submit", "work", "b"] + socket)
        #expect(refused.code == 69 && refused.errors.contains("disk I/O error"), "\(refused.errors)")
        #expect(submit.standardOutput.isEmpty)

        try disk.set([])
        #expect(try await submit.wait() == 0, "\(submit.standardError)")
        try workplace.write("", to: "a.end")
        try await #require(eventually { try await status().contains("2 done") })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        let jobs = try await workplace.query("SELECT item, state, attempt FROM jobs")
        #expect(jobs == "z | done | 1\na | done | 1\n", "\(jobs), \(daemon.standardError)")
    }

    @Test("because its disk fails in all ways loses nothing, and goes on in the same process")
    func failingDisk() async throws {
        let disk = try await FaultyDisk(in: workplace)
        let daemon = try workplace.startDaemon(environment: disk.environment)
        try await beginJob("a")
        try disk.set([.syncs, .writes, .reads])
        try workplace.write("", to: "a.end")
        try await #require(eventually { try await status().contains("store: failing since") })
        try disk.set([])
        try await #require(eventually { try await !status().contains("store:") })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        let jobs = try await workplace.query("SELECT item, state, attempt FROM jobs")
        #expect(jobs == "a | done | 1\n", "\(jobs), \(daemon.standardError)")
    }

    @Test("at its start says what it waits for, and starts once it does", arguments: [true, false])
    func atStart(isMended: Bool) async throws {
        let disk = try await FaultyDisk(in: workplace)
        try disk.set(.writes)
        let name = workplace.path("notify")
        let manager = try NotifySocket(name)
        let environment = disk.environment.merging(["NOTIFY_SOCKET": name]) { $1 }
        let daemon = try workplace.startDaemon(environment: environment)
        let message = try await manager.next(having: "EXTEND_TIMEOUT_USEC", "READY")
        #expect(message.fields["EXTEND_TIMEOUT_USEC"] != nil)
        try await workplace.waitForSocket()
        #expect(try await status().contains("store: failing since"))
        let refused = try await workplace.run(Binaries.kataControl, ["submit", "work", "b"] + socket)
        #expect(refused.code == 69 && refused.errors.contains("disk I/O error"), "\(refused.errors)")
        #expect(try await code(of: "/healthz") == 200)
        #expect(try await code(of: "/readyz") == 503)

        if isMended {
            // A daemon does not wait for a manager that does not take its messages, of which only a few have room.
            while manager.receive() != nil {}
            try disk.set([])
            try await #require(
                eventually {
                    while let message = manager.receive() {
                        if message.fields["READY"] == "1" { return true }
                    }
                    return false
                })
            try await #require(eventually { (try? await code(of: "/readyz")) == 200 })
        }
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
        #expect(!FileManager.default.fileExists(atPath: workplace.socket))
    }

    @Test("at its start ends with 74 once its patience is over")
    func impatientStart() async throws {
        let disk = try await FaultyDisk(in: workplace)
        try disk.set(.writes)
        try workplace.write("store_patience: 1s\n" + workplace.read("kata.yaml"), to: "kata.yaml")
        let outcome = try await workplace.runDaemon(environment: disk.environment)
        #expect(outcome.code == 74 && outcome.errors.contains("disk I/O error"), "\(outcome)")
        try disk.set([])
        let next = try workplace.startDaemon()
        try await workplace.waitForSocket()
        next.kill(SIGTERM)
        #expect(try await next.wait() == 0)
    }

    private func code(of path: String) async throws -> Int {
        try await workplace.request("GET", path).status
    }

    /// Starts a daemon that has the result of a job, and no room for it on its disk.
    ///
    /// - Returns: `nil` where there is no disk to be had, which is printed.
    private func startOnFullDisk() async throws -> (disk: MemoryMount, daemon: ChildProcess)? {
        guard let disk = try MemoryMount(at: workplace.path("disk"), size: 2) else { return nil }
        let daemon = try workplace.startDaemon("--database", "disk/kata.db")
        try await beginJob("a")
        fillDisk()
        try workplace.write("", to: "a.end")
        try await #require(eventually { try await status().contains("store: full since") })
        return (disk, daemon)
    }

    /// Submits a job, and waits until it is in hand.
    private func beginJob(_ item: String) async throws {
        try await workplace.waitForSocket()
        let submitted = try await workplace.run(Binaries.kataControl, ["submit", "work", item] + socket)
        try #require(submitted.code == 0, "\(submitted.errors)")
        let mark = workplace.path("\(item).begun")
        try await #require(eventually { FileManager.default.fileExists(atPath: mark) })
    }

    private func fillDisk() {
        let file = open(workplace.path("disk/filler"), O_WRONLY | O_CREAT, 0o600)
        defer { close(file) }
        let block = [UInt8](repeating: 1, count: 4_096)
        while write(file, block, block.count) == block.count {}
    }

    private func status() async throws -> String {
        try await workplace.run(Binaries.kataControl, ["status"] + socket).output
    }
}
