import Foundation
import KataTestSupport
import Testing

/// A file system that gives no answer, as one whose server is gone: each call about its files is held up by a tracer, for longer
/// than these tests may take.
@Suite("A mount that does not answer", .timeLimit(.minutes(10)))
struct HungMountTests {
    private static let silence = [
        "-f", "-o", "/dev/null", "-e", "signal=none", "-e",
        "trace=openat,open,stat,lstat,newfstatat,statx,readlink,readlinkat,access,faccessat,faccessat2,inotify_add_watch,"
            + "rename,renameat2,mkdirat,unlink,unlinkat",
    ]
    private static let delay = 3_600_000_000

    private let workplace: Workplace
    private let mount: String

    init() throws {
        workplace = try Workplace()
        mount = workplace.path("mount")
        try FileManager.default.createDirectory(atPath: "\(mount)/spool", withIntermediateDirectories: true)
        try workplace.write("1\n2\n", to: "mount/lines.txt")
        try workplace.writeInbox(
            top: "drain_timeout: 1s",
            others: """
                  spooled:
                    queue_size: 10
                    worker_count: 2
                    producer: { plugin: spool, directory: mount/spool }
                    consumer: { plugin: sleep, duration: 0 }
                  read:
                    queue_size: 10
                    worker_count: 2
                    producer: { plugin: lines, path: mount/lines.txt }
                    consumer: { plugin: sleep, duration: 0 }
                  worked:
                    queue_size: 10
                    worker_count: 2
                    producer: { plugin: inbox }
                    consumer: { plugin: exec, command: ["true"], directory: mount/spool }
                  exported:
                    queue_size: 10
                    worker_count: 2
                    export: mount/out.txt
                    producer: { plugin: inbox }
                    consumer: { plugin: sleep, duration: 0 }
                """)
    }

    @Test("holds up neither the start, nor other pipelines, nor a reload, nor the end")
    func start() async throws {
        guard try await SystemCallFault.isPossible(in: workplace) else { return }
        let tracer = try ChildProcess(
            "strace", options + ["--", Binaries.katad, "--config", "kata.yaml"], in: workplace.directory)
        // What it traces goes on then, and is at its end.
        defer { tracer.kill(SIGKILL) }
        _ = try await workplace.answering(tracer)
        try await others(work: "a")
        try await #require(eventually { try await troubles().isSuperset(of: ["read", "spooled"]) })
        #expect(tracer.standardError.contains("the spool directory gives no answer and is not checked"))
        #expect(tracer.standardError.contains("the export gives no answer and is not checked"))

        let daemon = try #require(try children(of: tracer.pid).first)
        kill(daemon, SIGHUP)
        try await #require(eventually { tracer.standardError.contains("configuration reloaded") })
        try await others(work: "b")
        kill(daemon, SIGTERM)
        // The tracer does not let go of threads that it holds up.
        try await #require(eventually { hasEnded(daemon) }, "\(tracer.standardError)")
        #expect(tracer.standardError.contains("drained"))
    }

    private func hasEnded(_ process: pid_t) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
        return status.contains(") Z ")
    }

    @Test("is gone on with when it answers again")
    func recovery() async throws {
        guard try await SystemCallFault.isPossible(in: workplace) else { return }
        let daemon = try await workplace.answering(workplace.startDaemon())
        try await #require(eventually { try await workplace.count("jobs WHERE state = 'done'") == 2 })
        let tracer = try ChildProcess("strace", options + ["-p", "\(daemon.pid)"], in: workplace.directory)
        try await #require(eventually { tracer.standardError.contains("attached") }, "\(tracer.standardError)")
        // A file that came before would be looked at before that.
        try workplace.write("", to: "mount/spool/file")
        let exported = try await workplace.submit(["x"], to: "exported")[0]
        try await workplace.wait(for: exported, toBe: "done")
        try await #require(eventually { try await troubles().contains("spooled") })
        try await others(work: "a")

        // What it held up goes on.
        tracer.kill(SIGKILL)
        _ = try await tracer.wait()
        try await #require(
            eventually { FileManager.default.fileExists(atPath: "\(mount)/spool/done/file") }, "\(daemon.standardError)"
        )
        try await #require(eventually { try await troubles() == [] })
        try await #require(eventually { (try? workplace.read("mount/out.txt")) == "c1 | x\n" })
        #expect(try await workplace.count("jobs WHERE item LIKE '%/mount/spool/file' AND state = 'done'") == 1)
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    private var options: [String] {
        let paths = ["", "/spool", "/spool/done", "/spool/failed", "/spool/file", "/lines.txt", "/out.txt"]
        return Self.silence + ["-e", "inject=all:delay_enter=\(Self.delay)"]
            + paths.flatMap { ["-P", mount + $0, "-P", "mount" + $0] }
    }

    /// The pipelines with files that give no answer, as the status shows them.
    private func troubles() async throws -> Set<String> {
        struct Status: Decodable {
            struct Pipeline: Decodable {
                let name: String
                let problems: [String]?
            }
            let pipelines: [Pipeline]
        }
        let answer = try await workplace.request("GET", "/v1/status")
        let status = try JSONDecoder().decode(Status.self, from: Data(answer.body.utf8))
        return Set(status.pipelines.filter { $0.problems?.contains { $0.contains("no answer") } ?? false }.map(\.name))
    }

    private func others(work item: String) async throws {
        let id = try await workplace.submit([item])[0]
        try await workplace.wait(for: id, toBe: "done")
    }
}
